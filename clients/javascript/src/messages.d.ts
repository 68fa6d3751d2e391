// Made of protos/snapasset/gateway/v1 by `make client-types`: not to be edited.
// What the API sends and takes, as JSON. Times are ISO 8601 texts.

export type JobStatus = 'waiting' | 'active' | 'delayed' | 'completed' | 'failed' | 'cancelled';

export type EndedStatus = 'completed' | 'failed' | 'cancelled';

/** A job to be done. */
export interface CreateJobRequest {
  /** The owner: the caller's own id, or anybody's for an API key. */
  userId: string;
  /** What to paint. 10 to 4,000 characters. */
  prompt: string;
  /** The platforms to cut the image for, as ListPlatforms names them. */
  platforms?: string[];
  /** How to paint it. */
  options?: JobOptions;
  /**
   * Sizes to cut the image for beside the platforms, or instead of them; all together at most 32.
   */
  sizes?: Size[];
}

/** A size of the caller's own. */
export interface Size {
  /** Stands where a platform has its name and its id. No platform has it as its id. */
  name: string;
  /** Width in pixels. 16 to 4,096. */
  width: number;
  /** Height in pixels. 16 to 4,096. */
  height: number;
}

/** How to paint and store an image. Every field may be left out. */
export interface JobOptions {
  /**
   * How much work the model puts into it. "standard" is "medium", and "hd" is "high". A model that
   * knows nothing as fine takes the finest that it knows.
   */
  quality?: 'standard' | 'hd' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | 'auto';
  /** Adds words to the prompt. */
  style?: 'vivid' | 'natural';
  /** The format of the renditions. Each platform has to take it. jpeg unless given. */
  format?: 'jpeg' | 'png' | 'webp' | 'avif';
  /**
   * Where the image is cut for a platform of another shape: "smart" around faces and what stands
   * out, or "center". smart unless given.
   */
  crop?: 'smart' | 'center';
  /** What matters most in the image, where the caller knows. Takes the place of `crop`. */
  focalPoint?: FocalPoint;
  /**
   * "one" image is bought for all platforms, or one "perAspect": for each group of platforms of
   * about the same shape, at the price of that many images. They are painted from the same prompt
   * and differ. one unless given.
   */
  masters?: 'one' | 'perAspect';
  /**
   * The image model, one of those that ListModels lists. Absent leaves the choice to the operator's
   * order of preference. 0 to 200 characters.
   */
  model?: string;
}

/** A point of the image as it was bought; of each, when there are several. */
export interface FocalPoint {
  /** From the left edge, as a share of the width. 0 to 1. */
  x: number;
  /** From the upper edge, as a share of the height. 0 to 1. */
  y: number;
}

/** The job was accepted. */
export interface CreateJobResponse {
  /**
   * Its id, "gen-<ms>-<32 hex digits>". Whoever knows it can watch the job where the service does
   * not demand a ticket.
   */
  jobId: string;
  /** Always "queued". */
  status: 'queued';
  /** "Job created successfully". */
  message: string;
  /** How long it will probably take, such as "30 seconds"; from recent jobs and the queue. */
  estimatedTime: string;
  /** Where to watch it, with a ticket that lets a browser's EventSource in for an hour. */
  streamUrl: string;
  /** Paths of what can be done with it. */
  links: JobLinks;
}

/** Paths below the API's own address. */
export interface JobLinks {
  /** GET: the job. */
  self: string;
  /** GET: its events. */
  stream: string;
  /** DELETE: cancels it. */
  cancel: string;
}

/** Names a job. */
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
  /** In percent. Falls back only when a failed job is retried. 0 to 100. */
  progress: number;
  /** What was asked. */
  data: JobData;
  /** What happened so far, oldest first, the last 100 lines. */
  logs: string[];
  /** When it was accepted. */
  createdAt: string;
  /** When work on it last began. Absent before. */
  processedAt?: string;
  /** When it ended. Absent before. */
  finishedAt?: string;
  /** What came out. Absent until the job has completed. */
  result?: JobResult;
  /** Why it failed, or why it will be tried again. Absent otherwise. */
  error?: JobError;
  /** The last line for people. */
  message: string;
  /** How often work on it has begun. */
  attempts: number;
  /** When it is tried again. Only while it is "delayed". */
  nextRunAt?: string;
}

/** What was asked for. */
export interface JobData {
  /** The owner. */
  userId: string;
  /** What to paint. */
  prompt: string;
  /** Platform ids. */
  platforms: string[];
  /** How to paint it. */
  options?: JobOptions;
  /** Sizes of the caller's own. */
  sizes: Size[];
}

/** What came out of a job. */
export interface JobResult {
  /** True when every platform and every size has its image. */
  success: boolean;
  /** The id of the record in the history. */
  generationId: string;
  /**
   * One for each platform, then one for each size, in the order asked. Empty when the job failed or
   * was cancelled.
   */
  images: JobImage[];
  /** The prompt that the model was given; for the first one, when several images were bought. */
  revisedPrompt: string;
  /**
   * The images that were bought, which the others are cut from. Empty when the job failed or was
   * cancelled.
   */
  masters: JobMaster[];
}

/** An image as it was bought. It is kept, and not public. */
export interface JobMaster {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** The model that painted it. */
  model: string;
  /** The prompt that the model was given. */
  revisedPrompt: string;
}

/** One finished image. */
export interface JobImage {
  /** The platform's name, such as "Instagram Post", or that of the size. */
  platform: string;
  /**
   * Where to get it. Stable: it may be stored and cached for ever, unless the operator keeps images
   * in a private bucket. Then it is a link that is good for a while: ask for the job again for a
   * new one.
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
  /** The part of the image as it was bought that this one shows. */
  crop?: CropBox;
  /** Which of `masters` it was cut from and `crop` is in pixels of, counted from 1. */
  master: number;
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
  /** What happened and what to do, for people. */
  message: string;
  /** True when trying again may help. */
  retryable: boolean;
}

/** Asks for a page of jobs. */
export interface ListJobsRequest {
  /** Only jobs in this state. Absent means all. */
  status?: JobStatus;
  /** How many jobs at most. 1 to 100. 20 unless given. */
  limit?: number;
  /** The next_cursor of the page before. Empty means the first page. */
  cursor?: string;
  /**
   * Whose jobs. Empty means the caller's own; only an API key may name another, and its own things
   * are those under its name.
   */
  userId?: string;
}

/** A page of jobs. */
export interface ListJobsResponse {
  /** Newest first. */
  jobs: JobSummary[];
  /** How many are on this page. */
  count: number;
  /** The state asked for, or "all". */
  status: JobStatus | 'all';
  /** Asks for the next page; empty when this is the last one. */
  nextCursor: string;
}

/** One job of a list. */
export interface JobSummary {
  /** Its id. */
  jobId: string;
  /** As in GetJobResponse. */
  status: JobStatus;
  /** As in GetJobResponse. 0 to 100. */
  progress: number;
  /** When it was accepted. */
  createdAt: string;
  /** When it ended. Absent before. */
  finishedAt?: string;
  /** What to paint. */
  prompt: string;
  /** Platform ids. */
  platforms: string[];
  /** Sizes of the caller's own. */
  sizes: Size[];
}

/** Names a job to watch. */
export interface WatchJobRequest {
  /** Its id. */
  jobId?: string;
  /** The ticket of CreateJobResponse.stream_url, for callers that cannot send credentials. */
  ticket?: string;
}

/** One event of a job. */
export interface WatchJobResponse {
  /** What it tells. */
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
  /** Rises with each change of the job; equal in a heartbeat. */
  sequence: number;
  /** A small picture of the unfinished image, as a data: URL. Only with "preview". */
  preview?: string;
  /** When it is tried again. Only while it is "delayed". */
  nextRunAt?: string;
  /**
   * The images that are finished so far, in the order in which they were finished. Those of a
   * failed or cancelled job are here, too, and nowhere else but in the history.
   */
  images: JobImage[];
}

/** Names a job to retry. */
export interface RetryJobRequest {
  /** Its id. */
  jobId?: string;
  /**
   * Allows one purchase more than there would be otherwise. A job that failed with
   * PROVIDER_BAD_ANSWER or PURCHASE_UNCERTAIN may have been paid for, so without this it only looks
   * for what it has.
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

/** Names a job to cancel. */
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

/** One generation of the history. */
export interface Generation {
  /** Its id. */
  generationId: string;
  /** The job that made it. */
  jobId: string;
  /** The prompt as the client wrote it. */
  prompt: string;
  /** The prompt that the model was given; for the first one, when several images were bought. */
  revisedPrompt: string;
  /** The model that painted it; the first one, when several images were bought. */
  model: string;
  /** Its finished images. */
  images: JobImage[];
  /** When its job was created. */
  createdAt: string;
  /** The images that were bought so far, which the others are cut from. */
  masters: JobMaster[];
}

/** Asks for a page of generations. */
export interface ListGenerationsRequest {
  /** How many generations at most. 1 to 100. 20 unless given. */
  limit?: number;
  /** The next_cursor of the page before. Empty means the first page. */
  cursor?: string;
  /**
   * Whose generations. Empty means the caller's own; only an API key may name another, and its own
   * things are those under its name.
   */
  userId?: string;
}

/** A page of generations. */
export interface ListGenerationsResponse {
  /** Newest first. */
  generations: Generation[];
  /** How many are on this page. */
  count: number;
  /** Asks for the next page; empty when this is the last one. */
  nextCursor: string;
}

/** Names a generation. */
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

/** Names a generation to delete. */
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
  /** How many images were deleted with it. */
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
  /** Its name, which `options.model` of a job takes. */
  model: string;
  /** Who runs it: "openai", "google", "fal" or the profile of a compatible server. */
  provider: string;
  /**
   * What a square image of the usual quality costs in US dollars, by the operator's price table.
   */
  estimatedPriceUsd: number;
  /** Which sizes it paints: "free", "list" or "ratios". */
  sizes: string;
  /** The sizes ("1024x1024") or ratios ("16:9") that it knows; empty where any size will do. */
  sizeChoices: string[];
  /** Its own words for quality. */
  qualities: string[];
  /** The longest prompt in characters. */
  maxPromptLength: number;
  /** Whether it shows previews while it paints. */
  previews: boolean;
  /** Whether it edits images. */
  edits: boolean;
  /** Whether it paints transparent backgrounds. */
  transparency: boolean;
}

/** Asks for the counts. */
export interface GetQueueStatsRequest {}

/** How many jobs there are in each state. */
export interface GetQueueStatsResponse {
  /** Accepted and not begun. */
  waiting: number;
  /** At work. */
  active: number;
  /** Completed and not yet forgotten. */
  completed: number;
  /** Failed and not yet forgotten. */
  failed: number;
  /** Waiting for their next try. */
  delayed: number;
  /** The sum of the five above. */
  total: number;
  /** When they were counted. */
  timestamp: string;
  /** Cancelled and not yet forgotten; not part of the total. */
  cancelled: number;
  /** True while the workers take no new jobs. */
  paused: boolean;
}

/** Names the jobs to forget. */
export interface CleanQueueRequest {
  /** Only jobs that ended more than this many milliseconds ago. Absent means 0. 0 unless given. */
  grace?: number;
  /** Only jobs that have ended so. completed unless given. */
  status?: EndedStatus;
}

/** The jobs are forgotten. */
export interface CleanQueueResponse {
  /** How many. */
  cleaned: number;
  /** Their state. */
  status: EndedStatus;
}

/** Asks for a pause. */
export interface PauseQueueRequest {}

/** The queue is paused. */
export interface PauseQueueResponse {
  /** Always true. */
  paused: boolean;
}

/** Asks for the end of the pause. */
export interface ResumeQueueRequest {}

/** The queue runs. */
export interface ResumeQueueResponse {
  /** Always false. */
  paused: boolean;
}

/** Names an image. */
export interface GetImageRequest {
  /** The path behind "/images/". */
  path?: string;
  /** What makes a browser save it instead of showing it: anything but "", "0" and "false". */
  download?: string;
}

/** Asks how things are. */
export interface GetHealthRequest {}

/** How things are. */
export interface GetHealthResponse {
  /** "ok", or "degraded" when at least one component is not "up". */
  status: 'ok' | 'degraded';
  /** The parts, by name: redis, storage, generator, resizer, worker. */
  components: Record<string, ComponentHealth>;
  /** The version of the software. */
  version: string;
}

/** How one part is. */
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
  /** Where the parts are: what it is, and its path. */
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
  /** What a job asks for, such as "instagram-post". */
  id: string;
  /** Its name for people, such as "Instagram Post". */
  name: string;
  /** Width of its images in pixels. */
  width: number;
  /** Height of its images in pixels. */
  height: number;
  /** Whose platform it is, such as "Instagram". May be empty. */
  network: string;
  /** The formats that it takes. */
  formats: string[];
  /** The longest file that it takes, in bytes. Absent where no limit is known. */
  maxBytes?: number;
  /** The parts of its images that it lays something over. */
  covered: CoveredPart[];
  /** Where its rules stand. May be empty. */
  source: string;
  /** When they were read: year and month, such as "2026-11". May be empty. */
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

/** Asks for the sums of a month. */
export interface GetUsageRequest {
  /** Year and month in UTC, such as "2026-11". Empty means the present one. */
  month?: string;
  /**
   * Whose usage. Empty means the caller's own; only an API key may name another, and its own things
   * are those under its name.
   */
  userId?: string;
}

/** The sums of one owner and month. */
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
  /** What they cost in US dollars by the operator's price table. Nothing for the local stand-in. */
  estimatedCostUsd: number;
  /** What may be spent in a month, in US dollars. Absent where there is no budget. */
  budgetUsd?: number;
  /**
   * Purchases that may have been paid: those at work, and those that ended without anybody knowing,
   * as when the image API's answer was lost.
   */
  uncertain: number;
  /**
   * What these may have cost in US dollars, on top of the estimated cost. It counts against the
   * budget.
   */
  uncertainCostUsd: number;
}

/** Names a user whose data to delete. */
export interface DeleteUserDataRequest {
  /** The user's id. */
  userId: string;
}

/** What one call has deleted. */
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
   * How many files were deleted: images as they were bought and as they were cut, and our notes.
   */
  deletedFiles: number;
}
