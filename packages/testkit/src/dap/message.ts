/** A message of the Debug Adapter Protocol, in either direction. */
export interface DapMessage {
  readonly seq: number;
  readonly type: 'request' | 'response' | 'event';
  readonly command?: string;
  readonly event?: string;
  readonly arguments?: unknown;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  // Tests look into what their request answers.
  // oxlint-disable-next-line no-explicit-any
  readonly body?: any;
}
