// Made of protos/snapasset/gateway/v1 by `make client-types`: not to be edited.
// What the API sends and takes, as JSON. Times are ISO 8601 texts.

export type JobStatus = 'waiting' | 'active' | 'delayed' | 'completed' | 'failed' | 'cancelled';

export type EndedStatus = 'completed' | 'failed' | 'cancelled';

/** A job to create. */
export interface CreateJobRequest {
  /** The owner: the caller's own id or, with an API key, any user's. */
  userId: string;
  /**
   * What to paint. Optional with a `source`: then it is kept as words about the image. 10 to 4,000
   * characters.
   */
  prompt?: string;
  /** The platforms to cut the image for, as ListPlatforms names them. */
  platforms?: string[];
  /** How to paint it. */
  options?: JobOptions;
  /**
   * Sizes to cut the image to, in addition to the platforms or instead of them. Platforms and sizes
   * together may be at most 32.
   */
  sizes?: Size[];
  /**
   * The address to tell how the job ends, in addition to the owner's webhooks: https, at a public
   * host, without credentials. GetWebhookSecret returns the secret that signs the message. 0 to
   * 2,000 characters.
   */
  webhookUrl?: string;
  /**
   * An upload to cut instead of an image to buy. Then nothing is bought and nothing is painted, so
   * the options about painting are refused.
   */
  source?: Source;
  /**
   * When it may begin: "normal" jobs when it is their owner's turn, jobs of a "batch" only while no
   * normal job of anybody waits. While there are always normal jobs, they wait without end. normal
   * unless given.
   */
  urgency?: 'normal' | 'batch';
  /**
   * Uploads to paint from, such as a product's photograph: the ids that CreateUpload returned. The
   * purchase is an edit of them, for models that can. How many a model takes, ListModels tells.
   */
  references?: string[];
  /**
   * An upload that says what to paint anew of the first reference: where it is fully transparent.
   * It has the size of that reference.
   */
  mask?: string;
}

/** A custom size. */
export interface Size {
  /** Used where a platform would have its name and id. It must not be the id of a platform. */
  name: string;
  /** Width in pixels. 16 to 4,096. */
  width: number;
  /** Height in pixels. 16 to 4,096. */
  height: number;
}

/** How to paint and store an image. Every field may be left out. */
export interface JobOptions {
  /**
   * How much work the model puts into it. "standard" means "medium", and "hd" means "high". A model
   * that has no level this high uses the highest it has.
   */
  quality?: 'standard' | 'hd' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | 'auto';
  /** Adds words to the prompt. */
  style?: 'vivid' | 'natural';
  /** The format of the renditions. Every platform must accept it. jpeg unless given. */
  format?: 'jpeg' | 'png' | 'webp' | 'avif';
  /**
   * Where the image is cut for a platform of another shape: "smart" cuts around faces and whatever
   * stands out, "center" around the middle. smart unless given.
   */
  crop?: 'smart' | 'center';
  /** The most important point of the image, if the caller knows it. Overrides `crop`. */
  focalPoint?: FocalPoint;
  /**
   * How many images are bought: "one" for all platforms, or one "perAspect", that is, for each
   * group of platforms of about the same shape. Each of them is paid for. They are painted from the
   * same prompt, but they differ. one unless given.
   */
  masters?: 'one' | 'perAspect';
  /**
   * The image model, one of those that ListModels returns. If absent, the operator's order of
   * preference decides. 0 to 200 characters.
   */
  model?: string;
  /**
   * What happens where the image has another shape than a platform: "cover" cuts off what does not
   * fit, "contain" shows all of it on a background, "extend" has the model paint what is missing.
   * That is one more purchase for each shape that the image does not have, and needs a model that
   * edits with masks. Not together with `masters` "perAspect". cover unless given.
   */
  fit?: 'cover' | 'contain' | 'extend';
  /**
   * What surrounds a contained picture: "blur", the picture itself, blurred; "auto", the colour of
   * its edges; or a colour such as "#1a2b3c". Only with "contain". "transparent": the model paints
   * without a background, which needs a model that can, and a format with transparency: png, webp
   * or avif. blur unless given.
   */
  background?: string;
  /**
   * "ai": each image shows a small label that says so, in a corner that its platform does not
   * cover.
   */
  label?: 'ai';
  /**
   * How many images are bought from the same prompt, all of the same shape. Each of them is paid
   * for. Everything is cut from the first; the others are there to be cut later, for free. Not
   * together with `masters` "perAspect". 1 to 4. 1 unless given.
   */
  variants?: number;
}

/** A point in the image as it was bought. If several images were bought, it applies to each. */
export interface FocalPoint {
  /** From the left edge, as a share of the width. 0 to 1. */
  x: number;
  /** From the upper edge, as a share of the height. 0 to 1. */
  y: number;
}

/** The job was accepted. */
export interface CreateJobResponse {
  /**
   * Its id, "gen-<ms>-<32 hex digits>". Anyone who knows it can watch the job, unless the service
   * requires a ticket.
   */
  jobId: string;
  /** Always "queued". */
  status: 'queued';
  /** "Job created successfully". */
  message: string;
  /** How long it will probably take, such as "30 seconds", judging by recent jobs and the queue. */
  estimatedTime: string;
  /** Where to watch it. Includes a ticket that lets a browser's EventSource connect for an hour. */
  streamUrl: string;
  /** Paths for watching, reading and cancelling it. */
  links: JobLinks;
  /** The job as GetJob shows it. Only with `Prefer: wait`, and only if it has ended. */
  job?: GetJobResponse;
}

/** Paths relative to the API's address. */
export interface JobLinks {
  /** GET: the job. */
  self: string;
  /** GET: its events. */
  stream: string;
  /** DELETE: cancels it. */
  cancel: string;
}

/** The job to return. */
export interface GetJobRequest {
  /** Its id. */
  jobId?: string;
}

/** A job as it is now. */
export interface GetJobResponse {
  /** Its id. */
  jobId: string;
  /** Its state. */
  status: JobStatus;
  /** In percent. It goes down only when a failed job is retried. 0 to 100. */
  progress: number;
  /** What was requested. */
  data: JobData;
  /** What has happened so far: the last 100 lines, oldest first. */
  logs: string[];
  /** When it was accepted. */
  createdAt: string;
  /** When work on it last began. Absent until then. */
  processedAt?: string;
  /** When it ended. Absent until then. */
  finishedAt?: string;
  /** The result. Absent until the job has completed. */
  result?: JobResult;
  /** Why it failed, or why it will be tried again. Absent otherwise. */
  error?: JobError;
  /** The latest message for people. */
  message: string;
  /** How many times work on it has begun. */
  attempts: number;
  /** When it will be tried again. Present only while it is "delayed". */
  nextRunAt?: string;
  /** The batch with which it was created. Absent if it was created alone. */
  batchId?: string;
}

/** What was requested. */
export interface JobData {
  /** The owner. */
  userId: string;
  /** What to paint. */
  prompt: string;
  /** Platform ids. */
  platforms: string[];
  /** How to paint it. */
  options?: JobOptions;
  /** Custom sizes. */
  sizes: Size[];
  /** What its images are cut from, if nothing is bought for it. */
  source?: Source;
  /** The address that is told how the job ends. */
  webhookUrl?: string;
  /** When it may begin. Absent means "normal". */
  urgency?: string;
  /** The uploads to paint from. */
  references: string[];
  /** The mask of the first of them. Absent without one. */
  mask?: string;
  /**
   * What was said of single renditions when a generation was cut again. Those of which nothing was
   * said are cut as `options` say.
   */
  renditions: JobRendition[];
}

/** How one rendition is cut, as far as that was said of it alone. */
export interface JobRendition {
  /** The platform's id, or the name of the size. */
  platformId: string;
  /** The part of the master to show, in its pixels. */
  crop?: CropBox;
  /** The most important point of the master. */
  focalPoint?: FocalPoint;
  /** As in JobOptions. */
  fit?: 'cover' | 'contain';
  /** As in JobOptions. */
  background?: string;
  /** As in JobOptions. */
  format?: 'jpeg' | 'png' | 'webp' | 'avif';
}

/** An image that there is already. A request names an upload. */
export interface Source {
  /** The upload. */
  uploadId?: string;
  /** The generation that it belongs to. */
  generationId?: string;
  /** Which of the generation's `masters` it is, counted from 1. */
  master?: number;
}

/** The result of a job. */
export interface JobResult {
  /** True when the job has made everything that it was asked for. */
  success: boolean;
  /** The id of the record in the history. */
  generationId: string;
  /**
   * One for each platform, then one for each size, in the order requested. Empty when the job
   * failed or was cancelled.
   */
  images: JobImage[];
  /**
   * The prompt that the model was given. If several images were bought, the prompt of the first.
   */
  revisedPrompt: string;
  /**
   * The images that were bought. All the others are cut from these. Empty when the job failed or
   * was cancelled.
   */
  masters: JobMaster[];
  /**
   * What a completed job could not make, and why: images of platforms and sizes, and masters. The
   * rest is delivered, and a retry makes only what is named here. Empty if `success` is true.
   */
  failures: JobFailure[];
}

/** Something that a completed job could not make. */
export interface JobFailure {
  /** The platform's name, or that of the size. Empty for a master. */
  platform: string;
  /** The platform's id, or the name of the size. Empty for a master. */
  platformId: string;
  /** The number of the master, counted from 1. 0 for the image of a platform or a size. */
  master: number;
  /** Why. */
  error: JobError;
}

/** An image as it was bought. It is kept but not public. */
export interface JobMaster {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** The model that painted it. */
  model: string;
  /** The prompt that the model was given. */
  revisedPrompt: string;
  /**
   * Where it comes from: "model", painted from the prompt; "composite", painted from `references`;
   * "upload", sent by its owner.
   */
  origin: 'model' | 'composite' | 'upload';
  /**
   * Which master it is, counted from 1. If one of several could not be bought, its number is
   * missing.
   */
  number: number;
}

/** One finished image. */
export interface JobImage {
  /** The platform's name, such as "Instagram Post", or that of the size. */
  platform: string;
  /**
   * Where to download it. The address is stable and may be stored and cached forever, unless the
   * operator keeps images in a private bucket. In that case it is a link that expires; get the job
   * again for a new one.
   */
  url: string;
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** Length in bytes. */
  size: number;
  /** The platform's id, such as "instagram-post", or the name of the size. */
  platformId: string;
  /** The part of the bought image that this one shows. */
  crop?: CropBox;
  /** Which of `masters` it was cut from, counted from 1. `crop` is in pixels of that master. */
  master: number;
  /** Its id, unique in its generation. */
  renditionId: string;
  /**
   * How much of what matters in the bought image it shows. Absent if unknown, as for images that
   * are older than this field. 0 to 1.
   */
  kept?: number;
  /** What would keep more, the most useful first. Empty when at least 0.8 is kept. */
  advice: CropAdvice[];
  /** Its content credentials (C2PA): the signed statement in the file that says how it was made. */
  provenance: Provenance;
}

/** What would keep more of a bought image than a rendition does. */
export interface CropAdvice {
  /**
   * "focalPoint": the same rendition around `focalPoint`. "perAspect": a job with the option
   * `masters` set to "perAspect", which buys an image of about this shape. "contain": the option
   * `fit` set to "contain".
   */
  kind: 'focalPoint' | 'perAspect' | 'contain';
  /** How much that would keep. Absent for "perAspect": nobody has seen that image yet. 0 to 1. */
  kept?: number;
  /** The point. Only for "focalPoint". */
  focalPoint?: FocalPoint;
}

/** Whether an image has content credentials. */
export interface Provenance {
  /** True when they are in the file. */
  signed: boolean;
  /** Who signed them: the organisation in the certificate. Empty if nobody did. */
  signedBy: string;
}

/** A rectangle in pixels of an image as it was bought. */
export interface CropBox {
  /** Left edge. */
  x: number;
  /** Upper edge. */
  y: number;
  /** Width. */
  width: number;
  /** Height. */
  height: number;
}

/** Why a job failed. */
export interface JobError {
  /** A stable code, such as "MODERATION_BLOCKED". docs/api.md lists them. */
  code: string;
  /** What happened and what to do about it, for people. */
  message: string;
  /** True when trying again may help. */
  retryable: boolean;
}

/** Asks for a page of jobs. */
export interface ListJobsRequest {
  /** Only jobs in this state. Absent means all. */
  status?: JobStatus;
  /** The most jobs to return. 1 to 100. 20 unless given. */
  limit?: number;
  /** The next_cursor of the previous page. Empty means the first page. */
  cursor?: string;
  /**
   * Whose jobs. Empty means the caller's own. Only an API key may name another owner; its own are
   * the ones stored under its name.
   */
  userId?: string;
  /** Only jobs accepted at this moment or later. */
  createdAfter?: string;
  /** Only jobs accepted before this moment. */
  createdBefore?: string;
  /** Only jobs with an image for this platform or for a size of this name. */
  platform?: string;
  /** Only jobs of this batch. */
  batchId?: string;
  /**
   * In which order. A cursor continues in the order in which it is sent back. newest unless given.
   */
  sort?: 'newest' | 'oldest';
}

/** A page of jobs. */
export interface ListJobsResponse {
  /** In the order that was asked for, the newest first unless it was another. */
  jobs: JobSummary[];
  /** How many are on this page. */
  count: number;
  /** The state asked for, or "all". */
  status: JobStatus | 'all';
  /** Pass it on to get the next page. Empty on the last page. */
  nextCursor: string;
}

/** One job in a list. */
export interface JobSummary {
  /** Its id. */
  jobId: string;
  /** As in GetJobResponse. */
  status: JobStatus;
  /** As in GetJobResponse. 0 to 100. */
  progress: number;
  /** When it was accepted. */
  createdAt: string;
  /** When it ended. Absent until then. */
  finishedAt?: string;
  /** What to paint. */
  prompt: string;
  /** Platform ids. */
  platforms: string[];
  /** Custom sizes. */
  sizes: Size[];
  /** As in GetJobResponse: why it failed, or why it will be tried again. Absent otherwise. */
  error?: JobError;
  /** As in GetJobResponse. */
  batchId?: string;
}

/** The job to watch. */
export interface WatchJobRequest {
  /** Its id. */
  jobId?: string;
  /** The ticket of CreateJobResponse.stream_url, for callers that cannot send credentials. */
  ticket?: string;
}

/** One event of a job. */
export interface WatchJobResponse {
  /** What kind of event it is. */
  type: 'connected' | 'status' | 'progress' | 'preview' | 'heartbeat' | 'done';
  /** The job's id. */
  jobId: string;
  /** As in GetJobResponse. */
  status: JobStatus;
  /** As in GetJobResponse. 0 to 100. */
  progress: number;
  /** A short sentence for people. */
  message: string;
  /** When it happened. */
  timestamp: string;
  /** Only with "done". For a failed or cancelled job: success is false and images is empty. */
  result?: JobResult;
  /** Why it failed or is delayed. Absent otherwise. */
  error?: JobError;
  /** Increases with each change to the job; a heartbeat leaves it unchanged. */
  sequence: number;
  /** A small picture of the unfinished image, as a data: URL. Only with "preview". */
  preview?: string;
  /** When it will be tried again. Present only while it is "delayed". */
  nextRunAt?: string;
  /**
   * The images finished so far, in the order in which they were finished. Those of a failed or
   * cancelled job appear only here and in the history.
   */
  images: JobImage[];
}

/** The job to retry. */
export interface RetryJobRequest {
  /** Its id. */
  jobId?: string;
  /**
   * Allows one more purchase than would otherwise be made. A job that failed with
   * PROVIDER_BAD_ANSWER or PURCHASE_UNCERTAIN may have been paid for, so without this a retry only
   * looks for what the job already has.
   */
  buyAgain?: boolean;
}

/** The job is in the queue again. */
export interface RetryJobResponse {
  /** Its id. */
  jobId: string;
  /** Always "retrying". */
  status: 'retrying';
  /** "Job has been queued for retry". */
  message: string;
}

/** The job to cancel. */
export interface CancelJobRequest {
  /** Its id. */
  jobId?: string;
}

/** The job is cancelled. */
export interface CancelJobResponse {
  /** Its id. */
  jobId: string;
  /** Always "cancelled". */
  status: 'cancelled';
  /** "Job cancelled successfully". */
  message: string;
}

/** What became of the jobs. */
export interface CreateBatchResponse {
  /**
   * The batch's id, "batch-<ms>-<32 hex digits>". There is no such batch if no job was accepted.
   */
  batchId: string;
  /** How many jobs it has. */
  accepted: number;
  /** How many were refused. */
  refused: number;
  /** What became of each, in the order of the request. */
  jobs: BatchEntry[];
  /** Paths for reading, watching and cancelling the batch. */
  links: JobLinks;
  /** Where to watch it. Includes a ticket that lets a browser's EventSource connect for an hour. */
  streamUrl: string;
}

/** What became of one job of a batch. */
export interface BatchEntry {
  /** Its place in the request, from 0. */
  index: number;
  /** The id of the job. Absent if it was refused. */
  jobId?: string;
  /** Why it was refused. Absent if it was accepted. */
  error?: BatchError;
}

/** An error in the form that all errors have over HTTP. */
export interface BatchError {
  /** What kind of error it is, for people. */
  error: string;
  /** What happened and what to do about it, for people. */
  message: string;
  /** A stable code, such as "INVALID_REQUEST". */
  code: string;
  /** Which fields of the job are wrong, and why. */
  fields: BatchFieldMistake[];
  /** In how many seconds the same job may be accepted, if that is known. */
  retryAfter?: number;
}

/** What is wrong with one field. */
export interface BatchFieldMistake {
  /** Its path within the job, such as "platforms[1]". */
  field: string;
  /** What it must be. */
  message: string;
}

/** Names a batch. */
export interface GetBatchRequest {
  /** Its id. */
  batchId?: string;
  /** The most jobs to return. 1 to 100. 100 unless given. */
  limit?: number;
  /** The next_cursor of the previous page. Empty means the first page. */
  cursor?: string;
}

/** A batch as it is now. */
export interface GetBatchResponse {
  /** How far it is. */
  state: BatchState;
  /** Its jobs, oldest first. */
  jobs: JobSummary[];
  /** Pass it on to get the next page. Empty on the last page. */
  nextCursor: string;
}

/** How far a batch is. */
export interface BatchState {
  /** Its id. */
  batchId: string;
  /** The owner of its jobs. */
  userId: string;
  /** When it was created. */
  createdAt: string;
  /** How many jobs were accepted, those that are forgotten by now included. */
  total: number;
  /** How many jobs there are in each state. */
  counts: BatchCounts;
  /** In percent, of all jobs together; a job that has ended counts in full. 0 to 100. */
  progress: number;
  /** True when every job has ended. */
  ended: boolean;
}

/** How many jobs of a batch are in each state. */
export interface BatchCounts {
  /** Accepted but not yet begun. */
  waiting: number;
  /** Being worked on. */
  active: number;
  /** Waiting for their next attempt. */
  delayed: number;
  /** Completed. */
  completed: number;
  /** Failed. */
  failed: number;
  /** Cancelled. */
  cancelled: number;
}

/** Names a batch to watch. */
export interface WatchBatchRequest {
  /** Its id. */
  batchId?: string;
  /** The ticket of CreateBatchResponse.stream_url, for callers that cannot send credentials. */
  ticket?: string;
}

/** One event of a batch. */
export interface WatchBatchResponse {
  /** What kind of event it is. */
  type: 'connected' | 'progress' | 'heartbeat' | 'done';
  /** How far the batch is. */
  state: BatchState;
  /** When it was so. */
  timestamp: string;
}

/** Names a batch to cancel. */
export interface CancelBatchRequest {
  /** Its id. */
  batchId?: string;
}

/** The batch is cancelled. */
export interface CancelBatchResponse {
  /** Its id. */
  batchId: string;
  /** How many jobs this call has cancelled. */
  cancelled: number;
}

/** One generation of the history. */
export interface Generation {
  /** Its id. */
  generationId: string;
  /** The job that made it. */
  jobId: string;
  /** The prompt as the client wrote it. */
  prompt: string;
  /**
   * The prompt that the model was given. If several images were bought, the prompt of the first.
   */
  revisedPrompt: string;
  /** The model that painted it. If several images were bought, the model that painted the first. */
  model: string;
  /** Its finished images: the newest for each platform and each custom size. */
  images: JobImage[];
  /** When its job was created. */
  createdAt: string;
  /** The images bought so far. All the others are cut from these. */
  masters: JobMaster[];
  /** All its finished images, oldest first: those of its job, then those that were cut again. */
  renditions: JobImage[];
  /** True when the stand-in of a local stack painted it, not the model. */
  standIn: boolean;
  /**
   * What its images cost in US dollars, according to the operator's price table. 0 if nothing was
   * bought for it. Absent in generations that are older than this field.
   */
  estimatedCostUsd?: number;
}

/** Asks for a page of generations. */
export interface ListGenerationsRequest {
  /** The most generations to return. 1 to 100. 20 unless given. */
  limit?: number;
  /** The next_cursor of the previous page. Empty means the first page. */
  cursor?: string;
  /**
   * Whose generations. Empty means the caller's own. Only an API key may name another owner; its
   * own are the ones stored under its name.
   */
  userId?: string;
}

/** A page of generations. */
export interface ListGenerationsResponse {
  /** Newest first. */
  generations: Generation[];
  /** How many are on this page. */
  count: number;
  /** Pass it on to get the next page. Empty on the last page. */
  nextCursor: string;
}

/** The generation to return. */
export interface GetGenerationRequest {
  /** Its id. */
  generationId?: string;
  /** Its owner, as in ListGenerationsRequest. */
  userId?: string;
}

/** A generation. */
export interface GetGenerationResponse {
  /** The generation. */
  generation: Generation;
}

/** The generation to delete. */
export interface DeleteGenerationRequest {
  /** Its id. */
  generationId?: string;
  /** Its owner, as in ListGenerationsRequest. */
  userId?: string;
}

/** The generation and its images are gone. */
export interface DeleteGenerationResponse {
  /** Its id. */
  generationId: string;
  /** How many renditions were deleted with it. */
  deletedImages: number;
}

/** Asks for all models. */
export interface ListModelsRequest {}

/** All models. */
export interface ListModelsResponse {
  /** The models, in order of preference. */
  models: Model[];
}

/** An image model. */
export interface Model {
  /** Its name, as `options.model` of a job accepts it. */
  model: string;
  /** Who runs it: "openai", "google", "fal" or the profile of a compatible server. */
  provider: string;
  /**
   * What a square image of the usual quality costs in US dollars, according to the operator's price
   * table.
   */
  estimatedPriceUsd: number;
  /** Which sizes it paints: "free", "list" or "ratios". */
  sizes: string;
  /** The sizes ("1024x1024") or ratios ("16:9") that it supports; empty if it paints any size. */
  sizeChoices: string[];
  /** Its own names for the levels of quality. */
  qualities: string[];
  /** The longest prompt in characters. */
  maxPromptLength: number;
  /** Whether it shows previews while it paints. */
  previews: boolean;
  /** Whether it edits images, that is, paints from `references`. */
  edits: boolean;
  /** Whether it paints transparent backgrounds. */
  transparency: boolean;
  /** From how many `references` it can paint at once; 0 if it does not edit. */
  maxReferences: number;
  /** Whether it edits within a `mask`, which `fit` "extend" needs too. */
  masks: boolean;
  /** The most `variants` of one job. */
  maxVariants: number;
}

/** Asks for the counts. */
export interface GetQueueStatsRequest {}

/** How many jobs there are in each state. */
export interface GetQueueStatsResponse {
  /** Accepted but not yet begun. */
  waiting: number;
  /** Being worked on. */
  active: number;
  /** Completed and not yet deleted. */
  completed: number;
  /** Failed and not yet deleted. */
  failed: number;
  /** Waiting for their next attempt. */
  delayed: number;
  /** The sum of the five above. */
  total: number;
  /** When they were counted. */
  timestamp: string;
  /** Cancelled and not yet deleted; not part of the total. */
  cancelled: number;
  /** True while the workers take no new jobs. */
  paused: boolean;
}

/** Selects the jobs to delete. */
export interface CleanQueueRequest {
  /** Only jobs that ended more than this many milliseconds ago. Absent means 0. 0 unless given. */
  grace?: number;
  /** Only jobs that ended in this state. completed unless given. */
  status?: EndedStatus;
}

/** The jobs are deleted. */
export interface CleanQueueResponse {
  /** How many were deleted. */
  cleaned: number;
  /** Their state. */
  status: EndedStatus;
}

/** Asks to pause the queue. */
export interface PauseQueueRequest {}

/** The queue is paused. */
export interface PauseQueueResponse {
  /** Always true. */
  paused: boolean;
}

/** Asks to resume the queue. */
export interface ResumeQueueRequest {}

/** The queue is running. */
export interface ResumeQueueResponse {
  /** Always false. */
  paused: boolean;
}

/** What to cut from which image. */
export interface CreateRenditionsRequest {
  /** The generation to cut again. */
  generationId?: string;
  /** Its owner, as in ListGenerationsRequest. */
  userId?: string;
  /** The number of the master to cut. 1 unless given. */
  master?: number;
  /** What to cut: at most one for each platform and each name. */
  renditions: RenditionOrder[];
  /** How to cut those that do not say it themselves. */
  options?: CutOptions;
}

/** One rendition to cut, for a platform or in a custom size. */
export interface RenditionOrder {
  /** The platform, as ListPlatforms names it. Not together with `name`. */
  platform?: string;
  /**
   * The name of a custom size, which needs `width` and `height`. It must not be the id of a
   * platform.
   */
  name?: string;
  /** Width of the custom size in pixels. 16 to 4,096. */
  width?: number;
  /** Height of the custom size in pixels. 16 to 4,096. */
  height?: number;
  /**
   * The part of the master to show, in its pixels. If it has another shape than the rendition,
   * `fit` decides what becomes of the difference. Not together with `focal_point`.
   */
  crop?: CropBox;
  /** The most important point of the master. */
  focalPoint?: FocalPoint;
  /** As in CutOptions. */
  fit?: 'cover' | 'contain';
  /** As in CutOptions. */
  background?: string;
  /** As in CutOptions. */
  format?: 'jpeg' | 'png' | 'webp' | 'avif';
}

/**
 * How to cut and store renditions. Every field may be left out, and means what it means in
 * JobOptions.
 */
export interface CutOptions {
  /** The format. Every platform must accept it. jpeg unless given. */
  format?: 'jpeg' | 'png' | 'webp' | 'avif';
  /** Where the master is cut for a rendition of another shape. smart unless given. */
  crop?: 'smart' | 'center';
  /** The most important point of the master. Overrides `crop`. */
  focalPoint?: FocalPoint;
  /** What happens to what does not fit the shape of a rendition. cover unless given. */
  fit?: 'cover' | 'contain';
  /** What surrounds a contained picture. blur unless given. */
  background?: string;
  /** What each rendition is labelled with. */
  label?: 'ai';
}

/** The job was accepted. */
export interface CreateRenditionsResponse {
  /** Its id, as in CreateJobResponse. */
  jobId: string;
  /** Always "queued". */
  status: 'queued';
  /** "Job created successfully". */
  message: string;
  /** How long it will probably take, such as "1 second". */
  estimatedTime: string;
  /** Where to watch it. Includes a ticket that lets a browser's EventSource connect for an hour. */
  streamUrl: string;
  /** Paths for watching, reading and cancelling it. */
  links: JobLinks;
  /** The job as GetJob shows it. Only with `Prefer: wait`, and only if it has ended. */
  job?: GetJobResponse;
}

/** Names a rendition to delete. */
export interface DeleteRenditionRequest {
  /** The generation that it belongs to. */
  generationId?: string;
  /** Its id, the `rendition_id` of JobImage. */
  renditionId?: string;
  /** The owner, as in ListGenerationsRequest. */
  userId?: string;
}

/** The rendition is gone. */
export interface DeleteRenditionResponse {
  /** The generation that it belonged to. */
  generationId: string;
  /** Its id. */
  renditionId: string;
}

/** Names a bought image. */
export interface GetMasterRequest {
  /** The generation that it belongs to. */
  generationId?: string;
  /** Its number among the generation's `masters`. */
  master?: number;
  /** The owner, as in ListGenerationsRequest. */
  userId?: string;
}

/** Names an image. */
export interface GetImageRequest {
  /** The path after "/images/". */
  path?: string;
  /** Anything but "", "0" and "false" makes a browser save the image instead of showing it. */
  download?: string;
}

/** Asks for the health of the service. */
export interface GetHealthRequest {}

/** The health of the service. */
export interface GetHealthResponse {
  /** "ok", or "degraded" when at least one component is not "up". */
  status: 'ok' | 'degraded';
  /** The parts, by name: redis, storage, generator, resizer, worker. */
  components: Record<string, ComponentHealth>;
  /** The version of the software. */
  version: string;
}

/** The health of one part. */
export interface ComponentHealth {
  /** "up" or "down". */
  status: 'up' | 'down';
  /** Why it is down, or a fact such as "2 workers, 64 slots". May be empty. */
  detail: string;
}

/** Asks for the index. */
export interface GetApiIndexRequest {}

/** The index. */
export interface GetApiIndexResponse {
  /** "SnapAsset". */
  name: string;
  /** The version of the software. */
  version: string;
  /** Where the parts are: the path of each, by its name. */
  links: Record<string, string>;
}

/** Asks for the platforms. */
export interface ListPlatformsRequest {}

/** The platforms. */
export interface ListPlatformsResponse {
  /** In a fixed order. */
  platforms: Platform[];
}

/** One platform. */
export interface Platform {
  /** What a job names to ask for it, such as "instagram-post". */
  id: string;
  /** Its name for people, such as "Instagram Post". */
  name: string;
  /** Width of its images in pixels. */
  width: number;
  /** Height of its images in pixels. */
  height: number;
  /** The network it belongs to, such as "Instagram". May be empty. */
  network: string;
  /** The formats that it accepts. */
  formats: string[];
  /** The largest file that it accepts, in bytes. Absent if no limit is known. */
  maxBytes?: number;
  /** The parts of its images that it covers with something. */
  covered: CoveredPart[];
  /** Where its rules are published. May be empty. */
  source: string;
  /** When its rules were read: year and month, such as "2026-11". May be empty. */
  asOf: string;
}

/** A part of an image, from its upper left corner; each edge is a share of its width or height. */
export interface CoveredPart {
  /** Left edge. */
  left: number;
  /** Upper edge. */
  top: number;
  /** Right edge. */
  right: number;
  /** Lower edge. */
  bottom: number;
}

/** The upload is kept. */
export interface CreateUploadResponse {
  /** Its id, "up-<ms>-<32 hex digits>": the `uploadId` of a job's `source`. */
  uploadId: string;
  /** Width in pixels of the upright image. */
  width: number;
  /** Height in pixels of the upright image. */
  height: number;
  /** Length in bytes. */
  size: number;
  /** What it is, such as "image/png". */
  contentType: string;
  /** Until when it is kept, or longer if a job needs it. */
  expiresAt: string;
}

/** An upload. */
export interface Upload {
  /** Its id. */
  uploadId: string;
  /** Width in pixels of the upright image. */
  width: number;
  /** Height in pixels of the upright image. */
  height: number;
  /** Length in bytes. */
  size: number;
  /** What it is, such as "image/png". */
  contentType: string;
  /** Until when it is kept, or longer if a job needs it. */
  expiresAt: string;
  /** When it was sent. */
  createdAt: string;
}

/** Asks for a page of uploads. */
export interface ListUploadsRequest {
  /** The most uploads to return. 1 to 100. 20 unless given. */
  limit?: number;
  /** The next_cursor of the previous page. Empty means the first page. */
  cursor?: string;
  /**
   * Whose uploads. Empty means the caller's own. Only an API key may name another owner; its own
   * are the ones stored under its name.
   */
  userId?: string;
}

/** A page of uploads. */
export interface ListUploadsResponse {
  /** Newest first. */
  uploads: Upload[];
  /** How many are on this page. */
  count: number;
  /** Pass it on to get the next page. Empty on the last page. */
  nextCursor: string;
}

/** Names an upload. */
export interface GetUploadRequest {
  /** Its id. */
  uploadId?: string;
  /** Its owner, as in ListUploadsRequest. */
  userId?: string;
}

/** An upload. */
export interface GetUploadResponse {
  /** The upload. */
  upload: Upload;
}

/** Names an upload to delete. */
export interface DeleteUploadRequest {
  /** Its id. */
  uploadId?: string;
  /** Its owner, as in ListUploadsRequest. */
  userId?: string;
}

/** The upload is gone. */
export interface DeleteUploadResponse {
  /** Its id. */
  uploadId: string;
}

/** Asks for the totals of a month. */
export interface GetUsageRequest {
  /** Year and month in UTC, such as "2026-11". Empty means the current one. */
  month?: string;
  /**
   * Whose usage. Empty means the caller's own. Only an API key may name another owner; its own are
   * the ones stored under its name.
   */
  userId?: string;
}

/** The totals of one owner for one month. */
export interface GetUsageResponse {
  /** Whose usage. */
  userId: string;
  /** Year and month in UTC. */
  month: string;
  /** Calls to the image API, failed ones included. */
  calls: number;
  /** Images bought. */
  images: number;
  /** Tokens of prompts. */
  inputTokens: number;
  /** Tokens of images. */
  outputTokens: number;
  /**
   * What they cost in US dollars, according to the operator's price table. The local stand-in costs
   * nothing.
   */
  estimatedCostUsd: number;
  /** What may be spent in a month, in US dollars. Absent if there is no budget. */
  budgetUsd?: number;
  /**
   * Purchases that may have been paid for: those in progress, and those whose outcome is unknown,
   * for example because the image API's answer was lost.
   */
  uncertain: number;
  /**
   * What the uncertain purchases may have cost in US dollars, in addition to the estimated cost. It
   * counts against the budget.
   */
  uncertainCostUsd: number;
}

/** The user whose data to delete. */
export interface DeleteUserDataRequest {
  /** The user's id. */
  userId: string;
}

/** What one call deleted. */
export interface DeleteUserDataResponse {
  /** The user's id. */
  userId: string;
  /** True when nothing was left. */
  done: boolean;
  /** How many open jobs were cancelled. */
  cancelledJobs: number;
  /** How many jobs were deleted. */
  deletedJobs: number;
  /** How many generations were deleted from the history. */
  deletedGenerations: number;
  /**
   * How many files were deleted: bought images, renditions cut from them, and our notes on them.
   */
  deletedFiles: number;
}

/** A webhook. */
export interface Webhook {
  /** Its id. */
  webhookId: string;
  /** The address that is called. */
  url: string;
  /** What it is told. */
  events: string[];
  /** When it was made. */
  createdAt: string;
  /** When it answered 410 Gone. Since then it is told nothing. Absent unless it is disabled. */
  disabledAt?: string;
  /** How many deliveries it has not taken yet. */
  pending: number;
  /** How many tries have failed since the last one that it took. */
  failures: number;
  /**
   * How many messages it was never sent, because 5,000 were pending already. Counted until none has
   * been missed for 30 days: list the jobs to catch up.
   */
  missed: number;
  /** When it missed the last one. Absent if it has missed none. */
  missedAt?: string;
}

/** A webhook to make. */
export interface CreateWebhookRequest {
  /**
   * The address to call: https, at a public host, without credentials. It may carry a query. 0 to
   * 2,000 characters.
   */
  url: string;
  /**
   * What to tell it. Empty means the end of each job: "job.completed", "job.failed" and
   * "job.cancelled".
   */
  events?: string[];
  /** Whose webhook. Empty means the caller's own. Only an API key may name another owner. */
  userId?: string;
}

/** The webhook is there. */
export interface CreateWebhookResponse {
  /** The webhook. */
  webhook: Webhook;
  /** What verifies its messages. It is not shown again. */
  secret: string;
}

/** Asks for the webhooks. */
export interface ListWebhooksRequest {
  /** Whose webhooks. Empty means the caller's own. Only an API key may name another owner. */
  userId?: string;
}

/** All webhooks of one owner. */
export interface ListWebhooksResponse {
  /** Oldest first. */
  webhooks: Webhook[];
  /** How many there are. */
  count: number;
}

/** Names a webhook to delete. */
export interface DeleteWebhookRequest {
  /** Its id. */
  webhookId?: string;
  /** Its owner, as in ListWebhooksRequest. */
  userId?: string;
}

/** The webhook is gone. */
export interface DeleteWebhookResponse {
  /** Its id. */
  webhookId: string;
}

/** Asks for the secret of the owner's default webhook. */
export interface GetWebhookSecretRequest {
  /** Whose secret, as in ListWebhooksRequest. */
  userId?: string;
}

/** A secret. */
export interface GetWebhookSecretResponse {
  /** What verifies messages to the addresses that jobs name themselves. */
  secret: string;
}

/** Names a webhook whose secret to replace. */
export interface RotateWebhookSecretRequest {
  /** Its id, or "default". */
  webhookId?: string;
  /** Its owner, as in ListWebhooksRequest. */
  userId?: string;
}

/** The new secret. */
export interface RotateWebhookSecretResponse {
  /** What verifies its messages from now on. */
  secret: string;
  /** Until when the former secret signs too. */
  formerValidUntil: string;
}

/** Names a webhook to try out. */
export interface TestWebhookRequest {
  /** Its id. "default" has no address of its own, so it cannot be tested. */
  webhookId?: string;
  /** Its owner, as in ListWebhooksRequest. */
  userId?: string;
}

/** The test is in line. */
export interface TestWebhookResponse {
  /** The delivery to look at. */
  delivery: WebhookDelivery;
}

/** One message for one webhook. */
export interface WebhookDelivery {
  /** Its id, which every try sends as the header `webhook-id`. */
  deliveryId: string;
  /** What it tells: the `type` of the message. */
  type: 'webhook.test';
  /** The job that it tells of. */
  jobId: string;
  /** The address that is called. */
  url: string;
  /** "pending" until it was taken ("delivered") or given up ("failed"). */
  status: 'pending' | 'delivered' | 'failed';
  /** When it was written. */
  createdAt: string;
  /** When it will be tried next. Present only while it is "pending". */
  nextTryAt?: string;
  /** The last 20 tries, oldest first. */
  tries: WebhookTry[];
}

/** One try to deliver a message. */
export interface WebhookTry {
  /** When it began. */
  at: string;
  /** How long it took. */
  seconds: number;
  /** The HTTP status of the answer. Absent if there was none. */
  httpStatus?: number;
  /** What happened, for people. */
  outcome: string;
}

/** Asks for a page of deliveries. */
export interface ListDeliveriesRequest {
  /** The webhook's id, or "default". */
  webhookId?: string;
  /** The most deliveries to return. 1 to 100. 20 unless given. */
  limit?: number;
  /** The next_cursor of the previous page. Empty means the first page. */
  cursor?: string;
  /** The webhook's owner, as in ListWebhooksRequest. */
  userId?: string;
}

/** A page of deliveries. */
export interface ListDeliveriesResponse {
  /** Newest first. */
  deliveries: WebhookDelivery[];
  /** How many are on this page. */
  count: number;
  /** Pass it on to get the next page. Empty on the last page. */
  nextCursor: string;
}

/** Names a delivery to send again. */
export interface RedeliverDeliveryRequest {
  /** The webhook's id, or "default". */
  webhookId?: string;
  /** The delivery's id. */
  deliveryId?: string;
  /** The webhook's owner, as in ListWebhooksRequest. */
  userId?: string;
}

/** The delivery is in line again. */
export interface RedeliverDeliveryResponse {
  /** The delivery. */
  delivery: WebhookDelivery;
}
