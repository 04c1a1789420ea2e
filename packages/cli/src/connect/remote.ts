import type { LineAnswer } from '@inquest/servers';

/** How a line's answer is to look, and where the line is from. */
export interface LineRequest {
  readonly color: boolean;
  readonly width: number | undefined;
  readonly interactive: boolean;
  /** `FILE:LINE`, for lines of files. */
  readonly place: string | undefined;
  readonly json: boolean;
}

/** A session on a server. */
export interface Remote {
  /** What the server is, in a few words. */
  readonly title: string;
  /** The command that answers why the program died. */
  readonly report: string;
  /** Ends when the server has gone. */
  readonly closed: Promise<void>;
  /** Runs a line. Rejects only if the server has gone. */
  run(line: string, request: LineRequest): Promise<LineAnswer>;
  /** What Tab offers at the end of a line: whole words, and the part that they stand for. */
  complete(line: string): Promise<readonly [names: string[], tail: string]>;
  /** Gives up the line that is being run. */
  cancel(): void;
  /** Ends the server. */
  detach(): Promise<void>;
  close(): void;
}
