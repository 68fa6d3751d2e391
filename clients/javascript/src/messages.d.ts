// What the API sends and takes, as JSON.

/** The states of a job. */
export type JobStatus = 'waiting' | 'active' | 'delayed' | 'completed' | 'failed' | 'cancelled';

export interface JobOptions {
  quality?: 'standard' | 'hd' | 'low' | 'medium' | 'high' | 'auto';
  style?: 'vivid' | 'natural';
  /** The format of the images; "jpeg" unless given. */
  format?: 'jpeg' | 'png' | 'webp' | 'avif';
  /** Where the image is cut for another shape; "smart" unless given. */
  crop?: 'smart' | 'center';
  /** What matters most in the image, 0 to 1 from the upper left corner; takes the place of `crop`. */
  focalPoint?: { x: number; y: number };
  /** Buy one image for all platforms (unless given), or one for each group of about one shape. */
  masters?: 'one' | 'perAspect';
}

export interface JobData {
  userId: string;
  /** 10 to 4,000 characters. */
  prompt: string;
  /** Ids of `platforms()`. */
  platforms: string[];
  options?: JobOptions;
}

export interface CreatedJob {
  jobId: string;
  status: 'queued';
  message: string;
  estimatedTime: string;
  /** Path of the events, with a ticket that lets a browser's EventSource in. */
  streamUrl: string;
  links: { self: string; stream: string; cancel: string };
}

export interface JobImage {
  platform: string;
  platformId: string;
  url: string;
  width: number;
  height: number;
  /** Bytes. */
  size: number;
  /** The part of the bought image that this one shows, in its pixels. */
  crop?: { x: number; y: number; width: number; height: number };
  /** Which of `masters` that is, counted from 1. */
  master: number;
}

/** An image as it was bought. */
export interface JobMaster {
  width: number;
  height: number;
  model: string;
  revisedPrompt: string;
}

export interface JobResult {
  success: boolean;
  generationId: string;
  images: JobImage[];
  revisedPrompt: string;
  /** The images that were bought, which the others are cut from. */
  masters: JobMaster[];
}

export interface JobError {
  code: string;
  message: string;
  retryable: boolean;
}

/** Times are ISO 8601 texts. */
export interface Job {
  jobId: string;
  status: JobStatus;
  /** 0 to 100. */
  progress: number;
  message: string;
  data: JobData;
  logs: string[];
  attempts: number;
  createdAt: string;
  processedAt?: string;
  finishedAt?: string;
  nextRunAt?: string;
  result?: JobResult;
  error?: JobError;
}

export interface JobEvent {
  type: 'connected' | 'status' | 'progress' | 'preview' | 'heartbeat' | 'done';
  jobId: string;
  status: JobStatus;
  progress: number;
  message: string;
  timestamp: string;
  /** Rises with each change of the job. */
  sequence: number;
  /** Only with `done`; `success` is false for a job that failed or was cancelled. */
  result?: JobResult;
  error?: JobError;
  /** Only with `preview`: a small picture as a data: URL. */
  preview?: string;
  nextRunAt?: string;
  /** Those that are finished so far; also of a job that failed or was cancelled. */
  images: JobImage[];
}

export interface JobPage {
  /** Newest first. */
  jobs: (Pick<Job, 'jobId' | 'status' | 'progress' | 'createdAt' | 'finishedAt'> &
    Pick<JobData, 'prompt' | 'platforms'>)[];
  count: number;
  status: JobStatus | 'all';
  /** Empty on the last page. */
  nextCursor: string;
}

export interface Generation {
  generationId: string;
  jobId: string;
  prompt: string;
  revisedPrompt: string;
  model: string;
  images: JobImage[];
  masters: JobMaster[];
  createdAt: string;
}

export interface QueueStats {
  waiting: number;
  active: number;
  completed: number;
  failed: number;
  delayed: number;
  total: number;
  cancelled: number;
  paused: boolean;
  timestamp: string;
}

export interface Platform {
  id: string;
  name: string;
  width: number;
  height: number;
}

/** What one call has deleted of a user. */
export interface DeletedUserData {
  userId: string;
  /** Whether nothing is left. */
  done: boolean;
  cancelledJobs: number;
  deletedJobs: number;
  deletedGenerations: number;
  deletedFiles: number;
}
