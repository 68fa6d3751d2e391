import type {
  CreatedJob,
  DeletedUserData,
  Generation,
  Job,
  JobData,
  JobEvent,
  JobImage,
  JobPage,
  JobResult,
  JobStatus,
  Platform,
  QueueStats,
} from './messages.js';

export type * from './messages.js';

export interface RequestOptions {
  signal?: AbortSignal;
  /** How long one try may take; 30,000 unless given. */
  timeoutMs?: number;
}

/** An API key has nothing of its own: it names whose it asks for. Tokens need not. */
export interface Owned {
  userId?: string;
}

export interface CreateOptions extends RequestOptions {
  /** Made for each call unless given. */
  idempotencyKey?: string;
}

export interface WatchOptions {
  signal?: AbortSignal;
  /** Connections in a row that may bring nothing new; 10 unless given. */
  maxFailures?: number;
  /** How long a connection may be silent before a new one is made; 45,000 unless given. */
  silenceMs?: number;
}

export interface ClientOptions {
  /** Sent as X-API-Key. */
  apiKey?: string;
  /** How long one try may take; 30,000 unless given. */
  timeoutMs?: number;
  /** Tries for each request; 4 unless given, 1 for no retries. */
  attempts?: number;
  /** The pause after the first failure; 500 unless given, doubles each time. */
  backoffMs?: number;
  /** The longest pause: a longer `Retry-After` becomes an error at once; 60,000 unless given. */
  maxWaitMs?: number;
  /** Origins of private buckets that are not public or not https; a page needs none. */
  imageOrigins?: (string | URL)[];
  fetch?: typeof globalThis.fetch;
}

export class SnapAssetClient {
  /**
   * @param apiUrl such as "http://localhost:3001"; "" for the page's own origin
   * @param token a JWT, or a function that returns one and is asked before each request
   */
  constructor(
    apiUrl: string | URL,
    token?: string | null | (() => string | Promise<string>),
    options?: ClientOptions,
  );
  readonly rateLimit: { limit: number; remaining: number; reset: Date } | undefined;
  createJob(data: JobData, options?: CreateOptions): Promise<CreatedJob>;
  getJob(jobId: string, options?: RequestOptions): Promise<Job>;
  listJobs(
    filter?: Owned & { status?: JobStatus; limit?: number; cursor?: string },
    options?: RequestOptions,
  ): Promise<JobPage>;
  retryJob(
    jobId: string,
    options?: RequestOptions,
  ): Promise<{ jobId: string; status: 'retrying'; message: string }>;
  cancelJob(
    jobId: string,
    options?: RequestOptions,
  ): Promise<{ jobId: string; status: 'cancelled'; message: string }>;
  /** Ends after `done`; reconnects by itself. Throws SnapAssetError, or the signal's reason. */
  watch(jobId: string, options?: WatchOptions): AsyncGenerator<JobEvent, void, void>;
  streamJob(
    jobId: string,
    onUpdate?: (event: JobEvent) => void,
    onComplete?: (result: JobResult, event: JobEvent) => void,
    onError?: (error: Error) => void,
  ): { close(): void };
  /** Returns the job's `done` event. Throws JobFailedError when it did not complete. */
  createAndWait(
    data: JobData,
    options?: CreateOptions & WatchOptions & { onUpdate?: (event: JobEvent) => void },
  ): Promise<JobEvent & { result: JobResult }>;
  queueStats(options?: RequestOptions): Promise<QueueStats>;
  /** Administrators only, like the next two. `grace` is in milliseconds. */
  cleanQueue(
    which?: { grace?: number; status?: 'completed' | 'failed' | 'cancelled' },
    options?: RequestOptions,
  ): Promise<{ cleaned: number; status: string }>;
  pauseQueue(options?: RequestOptions): Promise<{ paused: true }>;
  resumeQueue(options?: RequestOptions): Promise<{ paused: false }>;
  listGenerations(
    page?: Owned & { limit?: number; cursor?: string },
    options?: RequestOptions,
  ): Promise<{ generations: Generation[]; count: number; nextCursor: string }>;
  getGeneration(
    generationId: string,
    options?: RequestOptions & Owned,
  ): Promise<{ generation: Generation }>;
  deleteGeneration(
    generationId: string,
    options?: RequestOptions & Owned,
  ): Promise<{ generationId: string; deletedImages: number }>;
  /** Everything that is kept of a user; administrators only. Calls until nothing is left. */
  deleteUserData(
    userId: string,
    options?: RequestOptions,
  ): AsyncGenerator<DeletedUserData, void, void>;
  /**
   * Reads an image without credentials: through the API, or by its link to a private bucket. Takes
   * exactly as many bytes as `size` says; the name is of checked parts and safe for a file.
   */
  download(image: JobImage, options?: RequestOptions): Promise<{ name: string; blob: Blob }>;
  platforms(options?: RequestOptions): Promise<{ platforms: Platform[] }>;
  /** What the caller has used and spent, where the service tells. */
  usage(options?: RequestOptions): Promise<Record<string, unknown>>;
}

/** Returns a text in which nothing is a command to a terminal. */
export function printable(text: string): string;

export class SnapAssetError extends Error {
  /**
   * A code of the API, such as "RATE_LIMIT_EXCEEDED"; without an answer of the API
   * "NETWORK_ERROR", "TIMEOUT", "STREAM_ENDED" or "BAD_ANSWER"; "HTTP_502" and the like for an
   * answer of somebody else's.
   */
  readonly code: string;
  /** The HTTP status; 0 without an answer. */
  readonly status: number;
  readonly requestId?: string;
  /** What is wrong with which field of the request. */
  readonly fields: { field: string; message: string }[];
  /** Seconds after which the same request may succeed. */
  readonly retryAfter?: number;
}

export class JobFailedError extends SnapAssetError {
  readonly jobId: string;
  readonly event: JobEvent;
}
