import type { OutputTarget, Parameters, Session, SettingValue } from '@inquest/engine';
import type { Supervisor } from './supervision.ts';

/** Which core to open, and how. */
export interface OpenRequest {
  readonly core: string;
  readonly executable: string | undefined;
  /** Settings of the session, by their keys. */
  readonly settings: ReadonlyMap<string, SettingValue>;
  /** Settings where nothing else sets them. */
  readonly defaults: ReadonlyMap<string, SettingValue>;
  /** Go on with files that do not match. */
  readonly force: boolean;
  /** Fetch by build ID what is not on this machine. */
  readonly debuginfod: boolean;
  readonly sysroot: string | undefined;
  readonly libs: readonly string[];
}

/** What a line of the prompt came to. */
export interface PromptAnswer {
  readonly text: string;
  /** True if the line was `exit`. */
  readonly leave: boolean;
}

/** The terminal that a line was typed at, on another machine perhaps. */
export interface Terminal {
  readonly color: boolean;
  /** Columns; undefined where nothing limits them. */
  readonly width: number | undefined;
  /** Someone waits at a prompt. */
  readonly interactive: boolean;
  /** `FILE:LINE`, for lines of files. */
  readonly place: string | undefined;
  /** Answers are to be JSON, for programs. */
  readonly json: boolean;
}

/** What a line came to. The terminal does what concerns its own machine: it writes files, and runs programs. */
export interface LineAnswer {
  readonly text: string;
  /** What went wrong, ready to be shown; '' if nothing did. */
  readonly complaint: string;
  /** The exit code that it calls for. */
  readonly code: number;
  /** The prompt for the next line. */
  readonly prompt: string;
  /** Where the text goes, if not to the user. */
  readonly output: OutputTarget | undefined;
  /** A command that is the terminal's to carry out, such as `exit`. */
  readonly command: { readonly name: string; readonly parameters: Parameters } | undefined;
}

/** The prompt over a session, without a terminal. */
export interface Prompt {
  /** True if a line begins with a command. */
  knows(line: string): boolean;
  /** Runs a line, in the selected frame. Throws a `DebugError` for what fails. */
  run(line: string): PromptAnswer;
  /** Runs a line for a terminal that is elsewhere. An empty one goes on with the last. */
  runFor(line: string, terminal: Terminal): LineAnswer;
  /** What can stand in place of the last part of `line`, which is `tail`. */
  complete(line: string): { readonly names: readonly string[]; readonly tail: string };
}

/** A core that is open. */
export interface HostedCore {
  readonly session: Session;
  readonly executable: string | undefined;
  /** What the user should know about how things were found, a sentence each. */
  readonly notes: readonly string[];
  readonly prompt: Prompt;
  /** Remembers where the session is; the result puts that right again after something was given up in the middle. */
  remember(): () => void;
}

/** What servers need of the program that they run in. */
export interface DebugHost {
  readonly version: string;
  /** Makes a session over the core that clients attach to; undefined where each opens its own. */
  readonly attached: (() => HostedCore) | undefined;
  /** How requests are answered so that they can be given up; undefined where they cannot. */
  readonly supervisor?: Supervisor;
  /** A failure that is our own; the client is told as well. */
  reportBug(error: unknown): void;
  /** Opens a core. `report` gets a text about how far it is, where that takes a while. */
  open(request: OpenRequest, report: (text: string) => void): Promise<HostedCore>;
}
