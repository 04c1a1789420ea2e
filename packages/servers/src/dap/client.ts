import type { DebugProtocol } from '@vscode/debugprotocol';
import { hasExtent } from './memory.ts';

/** Sends an event. */
export type SendEvent = (event: string, body?: object) => void;

/** The largest number that clients must be able to hold, for threads, references and counts. */
export const LARGEST_NUMBER: number = 2 ** 31 - 1;

/** What the client said of itself. */
export interface ClientTraits {
  /** Numbers are added to those that are counted from 1. */
  readonly lineOffset: number;
  readonly columnOffset: number;
  readonly progress: boolean;
  readonly invalidated: boolean;
  /** Shows types of values. */
  readonly types: boolean;
  /**
   * Shows the memory that values lead to: none, from an address on, or that of strings and slices alone, up to their end. The Go
   * extension of VS Code shows a value as text by reading on from its reference until nothing more comes.
   */
  readonly memory: 'none' | 'addresses' | 'extents';
  /** Goes to the first frame that is not dimmed, where others go to the first, and waits for answers to what it asks. */
  readonly isVsCode: boolean;
  /**
   * Does not look at a thread that stops while another is known to be stopped, and does not put completions where they say:
   * behind the last mark of the word, or one column too far.
   */
  readonly isNvimDap: boolean;
  /** True for a client on another machine, which cannot see the files of this one. */
  readonly remote: boolean;
}

/** Understands the arguments of `initialize`. */
export function clientTraits(args: DebugProtocol.InitializeRequestArguments, remote: boolean): ClientTraits {
  return {
    lineOffset: args.linesStartAt1 === false ? -1 : 0,
    columnOffset: args.columnsStartAt1 === false ? -1 : 0,
    progress: args.supportsProgressReporting === true,
    invalidated: args.supportsInvalidatedEvent === true,
    types: args.supportsVariableType === true,
    memory: memoryOf(args),
    // Others say that they are VS Code, too (dap-mode of Emacs): they cannot do all that it can.
    isVsCode: args.clientID === 'vscode' && args.supportsInvalidatedEvent === true,
    isNvimDap: args.clientID === 'neovim' || args.adapterID === 'nvim-dap',
    remote,
  };
}

function memoryOf(args: DebugProtocol.InitializeRequestArguments): ClientTraits['memory'] {
  if (args.supportsMemoryReferences !== true) return 'none';
  return args.clientID === 'vscode' && args.adapterID === 'go' ? 'extents' : 'addresses';
}

/** A value without what the client does not know, which the protocol says not to send. */
export function forClient<T extends { type?: string; memoryReference?: string }>(client: ClientTraits, value: T): T {
  const { type, memoryReference, ...rest } = value;
  const isKnown = client.memory === 'addresses' || (client.memory === 'extents' && hasExtent(memoryReference));
  return {
    ...rest,
    ...(client.types && type !== undefined ? { type } : {}),
    ...(isKnown && memoryReference !== undefined ? { memoryReference } : {}),
  } as T;
}

/** What is possible with a core: all that looks, nothing that runs or changes it. */
export const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsEvaluateForHovers: true,
  supportsClipboardContext: true,
  supportsExceptionInfoRequest: true,
  supportsDelayedStackTraceLoading: true,
  supportsValueFormattingOptions: true,
  supportsReadMemoryRequest: true,
  supportsDisassembleRequest: true,
  supportsModulesRequest: true,
  additionalModuleColumns: [{ attributeName: 'buildId', label: 'Build ID', type: 'string' }],
  supportsLoadedSourcesRequest: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.', ' ', '"'],
  supportsBreakpointLocationsRequest: true,
  supportsCancelRequest: true,
  supportsTerminateRequest: true,
};
