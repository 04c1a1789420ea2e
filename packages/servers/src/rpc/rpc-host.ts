import type { HostedCore } from '../dap/host.ts';
import type { Supervisor } from '../dap/supervision.ts';

/** What the JSON-RPC server needs of the program that it runs in. */
export interface RpcHost {
  readonly version: string;
  /** More than one client may come, one after the other or at once. */
  readonly multiclient: boolean;
  /** When the executable was changed last, in milliseconds since 1970; undefined where that is not known. */
  readonly executableChanged: number | undefined;
  /** A session for a client and its prompt: of its own, but over the same core, with addresses for values in registers. */
  openSession(): Pick<HostedCore, 'session' | 'prompt' | 'remember'>;
  /** How requests are answered so that they can be given up; undefined where they cannot. */
  readonly supervisor?: Supervisor;
  /** A client asked to end the debugger, and was answered. */
  detach(): void;
  /** A failure that is our own; the client is told as well. */
  reportBug(error: unknown): void;
}
