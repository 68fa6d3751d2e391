import type {
  CleanQueueRequest,
  CleanQueueResponse,
  CreateJobRequest,
  CreateJobResponse,
  CancelBatchResponse,
  CreateUploadResponse,
  CancelJobResponse,
  CreateRenditionsRequest,
  CreateRenditionsResponse,
  CreateBatchResponse,
  CreateWebhookRequest,
  CreateWebhookResponse,
  DeleteGenerationResponse,
  DeleteRenditionResponse,
  DeleteUploadResponse,
  DeleteUserDataResponse,
  DeleteWebhookResponse,
  Generation,
  GetApiIndexResponse,
  GetBatchRequest,
  GetBatchResponse,
  GetGenerationResponse,
  GetHealthResponse,
  GetJobResponse,
  GetQueueStatsResponse,
  GetUploadResponse,
  GetUsageRequest,
  GetUsageResponse,
  GetWebhookSecretResponse,
  JobImage,
  JobResult,
  JobSummary,
  ListDeliveriesRequest,
  ListDeliveriesResponse,
  ListGenerationsRequest,
  ListGenerationsResponse,
  ListJobsRequest,
  ListJobsResponse,
  ListModelsResponse,
  ListPlatformsResponse,
  ListUploadsRequest,
  ListUploadsResponse,
  ListWebhooksResponse,
  PauseQueueResponse,
  RedeliverDeliveryResponse,
  ResumeQueueResponse,
  RetryJobRequest,
  RetryJobResponse,
  Upload,
  WatchBatchResponse,
  RotateWebhookSecretResponse,
  TestWebhookResponse,
  WatchJobResponse,
  WebhookDelivery,
} from './messages.js';

export type * from './messages.js';

/** Shorter names. */
export type JobOrder = CreateJobRequest;
export type CreatedJob = CreateJobResponse;
export type Job = GetJobResponse;
export type JobEvent = WatchJobResponse;

export interface RequestOptions {
  signal?: AbortSignal;
  /** How long one try may take; 30,000 unless given. */
  timeoutMs?: number;
}

/** An API key owns nothing, so its requests name an owner. Requests with a token need not. */
export interface Owned {
  userId?: string;
}

/** Which jobs to list. Times may be dates, or text in RFC 3339. */
export interface JobFilter
  extends Omit<ListJobsRequest, 'limit' | 'cursor' | 'createdAfter' | 'createdBefore'> {
  createdAfter?: Date | string;
  createdBefore?: Date | string;
}

/** A File is a Blob, a Buffer is a view, and Node's streams are iterable. */
export type UploadFile =
  | Blob
  | ArrayBuffer
  | ArrayBufferView
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

export interface CreateOptions extends RequestOptions {
  /** Generated for each call unless given. */
  idempotencyKey?: string;
  /**
   * Answers once the job has ended, with the job as `job`, or after so many seconds (25 at most)
   * without it.
   */
  waitSeconds?: number;
}

export interface WatchOptions {
  signal?: AbortSignal;
  /** How many connections in a row may bring nothing new; 10 unless given. */
  maxFailures?: number;
  /** How long a connection may be silent before it is replaced; 45,000 unless given. */
  silenceMs?: number;
}

export interface ClientOptions {
  /** Sent as X-API-Key. */
  apiKey?: string;
  /** How long one try may take; 30,000 unless given. */
  timeoutMs?: number;
  /** Tries for each request; 4 unless given, 1 for no retries. */
  attempts?: number;
  /** The pause after the first failure, doubled each time; 500 unless given. */
  backoffMs?: number;
  /** The longest pause: a longer `Retry-After` becomes an error at once; 60,000 unless given. */
  maxWaitMs?: number;
  /** Origins of private buckets that are not public or not https; not needed in a web page. */
  imageOrigins?: (string | URL)[];
  fetch?: typeof globalThis.fetch;
}

export class SnapAssetClient {
  /**
   * Throws TypeError unless the arguments or the environment name an address and a token.
   *
   * @param apiUrl such as "http://localhost:3001"; "" for the page's own origin; SNAPASSET_URL
   *   unless given
   * @param token a JWT, or a function that returns one, called before each request; null for
   *   none; SNAPASSET_TOKEN or SNAPASSET_API_KEY unless this or `apiKey` is given
   */
  constructor(
    apiUrl?: string | URL,
    token?: string | null | (() => string | Promise<string>),
    options?: ClientOptions,
  );
  readonly rateLimit: { limit: number; remaining: number; reset: Date } | undefined;
  createJob(data: CreateJobRequest, options?: CreateOptions): Promise<CreateJobResponse>;
  getJob(jobId: string, options?: RequestOptions): Promise<GetJobResponse>;
  listJobs(
    filter?: JobFilter & Pick<ListJobsRequest, 'limit' | 'cursor'>,
    options?: RequestOptions,
  ): Promise<ListJobsResponse>;
  /** Every job, newest first unless `sort` says otherwise, from as many pages as needed. */
  jobs(
    filter?: JobFilter,
    options?: RequestOptions,
  ): AsyncGenerator<JobSummary, void, void>;
  retryJob(
    jobId: string,
    options?: RequestOptions & Pick<RetryJobRequest, 'buyAgain'>,
  ): Promise<RetryJobResponse>;
  cancelJob(jobId: string, options?: RequestOptions): Promise<CancelJobResponse>;
  /** Ends after `done`; reconnects automatically. Throws SnapAssetError, or the signal's reason. */
  watch(jobId: string, options?: WatchOptions): AsyncGenerator<WatchJobResponse, void, void>;
  /** Aborting is the same as `close()`: no callback is called afterwards. */
  streamJob(
    jobId: string,
    onUpdate?: ((event: WatchJobResponse) => void) | null,
    onComplete?: ((result: JobResult, event: WatchJobResponse) => void) | null,
    onError?: ((error: Error) => void) | null,
    options?: WatchOptions,
  ): { close(): void };
  /** Returns the job's `done` event. Throws JobFailedError when it did not complete. */
  createAndWait(
    data: CreateJobRequest,
    options?: CreateOptions & WatchOptions & { onUpdate?: (event: WatchJobResponse) => void },
  ): Promise<WatchJobResponse & { result: JobResult }>;
  /** Up to 100 jobs of one user, each accepted or refused on its own. */
  createBatch(jobs: CreateJobRequest[], options?: CreateOptions): Promise<CreateBatchResponse>;
  getBatch(
    batchId: string,
    options?: RequestOptions & Pick<GetBatchRequest, 'limit' | 'cursor'>,
  ): Promise<GetBatchResponse>;
  /** Ends after `done`, like `watch`. */
  watchBatch(
    batchId: string,
    options?: WatchOptions,
  ): AsyncGenerator<WatchBatchResponse, void, void>;
  cancelBatch(batchId: string, options?: RequestOptions): Promise<CancelBatchResponse>;
  queueStats(options?: RequestOptions): Promise<GetQueueStatsResponse>;
  /** For administrators only, like the next two. */
  cleanQueue(which?: CleanQueueRequest, options?: RequestOptions): Promise<CleanQueueResponse>;
  pauseQueue(options?: RequestOptions): Promise<PauseQueueResponse>;
  resumeQueue(options?: RequestOptions): Promise<ResumeQueueResponse>;
  listGenerations(
    filter?: ListGenerationsRequest,
    options?: RequestOptions,
  ): Promise<ListGenerationsResponse>;
  /** The whole history, newest first, from as many pages as needed. */
  generations(filter?: Owned, options?: RequestOptions): AsyncGenerator<Generation, void, void>;
  getGeneration(
    generationId: string,
    options?: RequestOptions & Owned,
  ): Promise<GetGenerationResponse>;
  deleteGeneration(
    generationId: string,
    options?: RequestOptions & Owned,
  ): Promise<DeleteGenerationResponse>;
  /** Accepts a job that cuts a bought image again. It never buys anything. */
  cut(
    generationId: string,
    data: Omit<CreateRenditionsRequest, 'generationId'>,
    options?: CreateOptions,
  ): Promise<CreateRenditionsResponse>;
  deleteRendition(
    generationId: string,
    renditionId: string,
    options?: RequestOptions & Owned,
  ): Promise<DeleteRenditionResponse>;
  /** The bought image itself, the first one unless a number is given; its owner alone gets it. */
  master(generationId: string, number?: number, options?: RequestOptions & Owned): Promise<Blob>;
  /**
   * Sends an image that a job can use. A stream is sent once; anything else is sent again after a
   * lost connection. It may take 400,000 ms unless `timeoutMs` is given.
   */
  upload(file: UploadFile, options?: RequestOptions & Owned): Promise<CreateUploadResponse>;
  listUploads(filter?: ListUploadsRequest, options?: RequestOptions): Promise<ListUploadsResponse>;
  /** Every upload, newest first, from as many pages as needed. */
  uploads(filter?: Owned, options?: RequestOptions): AsyncGenerator<Upload, void, void>;
  getUpload(uploadId: string, options?: RequestOptions & Owned): Promise<GetUploadResponse>;
  deleteUpload(uploadId: string, options?: RequestOptions & Owned): Promise<DeleteUploadResponse>;
  /** Deletes all of a user's data, call by call until nothing is left; for administrators only. */
  deleteUserData(
    userId: string,
    options?: RequestOptions,
  ): AsyncGenerator<DeleteUserDataResponse, void, void>;
  /**
   * Makes a webhook; keep the `secret` of the answer. A receiver verifies what it gets with the
   * public package: `new Webhook(secret).verify(body, headers)` of `standardwebhooks` returns a
   * WebhookMessage, or throws.
   */
  createWebhook(
    data: CreateWebhookRequest,
    options?: RequestOptions,
  ): Promise<CreateWebhookResponse>;
  listWebhooks(options?: RequestOptions & Owned): Promise<ListWebhooksResponse>;
  deleteWebhook(
    webhookId: string,
    options?: RequestOptions & Owned,
  ): Promise<DeleteWebhookResponse>;
  /** The secret that signs what goes to the `webhookUrl` of jobs. */
  webhookSecret(options?: RequestOptions & Owned): Promise<GetWebhookSecretResponse>;
  /** The id of a webhook, or "default"; the former secret signs too for 24 hours. */
  rotateWebhookSecret(
    webhookId: string,
    options?: RequestOptions & Owned,
  ): Promise<RotateWebhookSecretResponse>;
  testWebhook(webhookId: string, options?: RequestOptions & Owned): Promise<TestWebhookResponse>;
  listDeliveries(
    webhookId: string,
    filter?: Omit<ListDeliveriesRequest, 'webhookId'>,
    options?: RequestOptions,
  ): Promise<ListDeliveriesResponse>;
  /** All that is kept of what a webhook, or "default", was sent, newest first. */
  deliveries(
    webhookId: string,
    filter?: Owned,
    options?: RequestOptions,
  ): AsyncGenerator<WebhookDelivery, void, void>;
  redeliver(
    webhookId: string,
    deliveryId: string,
    options?: RequestOptions & Owned,
  ): Promise<RedeliverDeliveryResponse>;
  /**
   * Reads an image without credentials: through the API, or by its link to a private bucket. Reads
   * exactly as many bytes as `size` says; the name is built of checked parts and safe for a file.
   */
  download(image: JobImage, options?: RequestOptions): Promise<{ name: string; blob: Blob }>;
  platforms(options?: RequestOptions): Promise<ListPlatformsResponse>;
  /** What one owner has used in a month; the caller and the current month unless given. */
  /** The image models that a job may ask for, in order of preference. */
  models(options?: RequestOptions): Promise<ListModelsResponse>;
  usage(which?: GetUsageRequest, options?: RequestOptions): Promise<GetUsageResponse>;
  /** The health of the service, even when it is down. */
  health(options?: RequestOptions): Promise<GetHealthResponse>;
  apiIndex(options?: RequestOptions): Promise<GetApiIndexResponse>;
}

/** Returns the text with everything escaped that a terminal would take for a command. */
export function printable(text: string): string;

export class SnapAssetError extends Error {
  /**
   * A code of the API, such as "RATE_LIMIT_EXCEEDED"; without an answer from the API
   * "NETWORK_ERROR", "TIMEOUT", "STREAM_ENDED" or "BAD_ANSWER"; "HTTP_502" and the like for an
   * answer from someone else.
   */
  readonly code: string;
  /** The HTTP status; 0 without an answer. */
  readonly status: number;
  readonly requestId?: string;
  /** Which fields of the request are wrong, and why. */
  readonly fields: { field: string; message: string }[];
  /** Seconds after which the same request may succeed. */
  readonly retryAfter?: number;
}

export class JobFailedError extends SnapAssetError {
  readonly jobId: string;
  readonly event: WatchJobResponse;
}
