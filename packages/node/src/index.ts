export { loadConfiguration, type ConfigurationFlags, type LoadedConfiguration } from './config/load.ts';
export { cacheFolders, cacheSize, clearCache, LARGEST_CACHE, type CacheKind } from './cache/cache-folder.ts';
export { KeptFiles, type KeptOptions } from './cache/kept-files.ts';
export { findCoredump, type Coredump } from './coredump.ts';
export { decompressors } from './decompress.ts';
export { runInflating } from './inflate/inflate-thread.ts';
export type { FilePlaces } from './file-finder.ts';
export { DiskFile, reasonOf } from './host-file.ts';
export {
  readyInput,
  readyInputs,
  STANDARD_INPUT,
  STANDARD_INPUT_NAME,
  type GivenFiles,
  type InputFile,
  type InputOptions,
  type ReadyFiles,
} from './inputs.ts';
export { amount, type Progress } from './archives/unpack.ts';
export { openCore, openSource, type OpenedCore, type OpenOptions } from './open.ts';
export { DiskSources } from './sources/disk-sources.ts';
export { compileGoRegex } from './go-regex.ts';
export { decodeX86 } from './x86-decoder.ts';
export {
  expandPattern,
  isOpenEnded,
  patternToRegExp,
  type CorePattern,
  type PatternValues,
} from './host/core-pattern.ts';
export { findCores, type CoreSearch, type CoreSearchResult, type FoundCore } from './host/find-cores.ts';
export { readHostFacts, type HostFacts } from './host/host-facts.ts';
export { pathOfSeen, ProcessWatch, type SeenExecutable, type SeenProcess } from './host/process-watch.ts';
export type { ProcessFacts } from './host/process-facts.ts';
export { diskReader, type HostReader } from './host/host-reader.ts';
export { formatAddress, isLoopback, parseAddress, type Address } from './net/address.ts';
export { takeClients, type Arrivals, type Arriving } from './net/client-source.ts';
export { dial } from './net/dial.ts';
export { listen, type Listener, type ListenOptions } from './net/listen.ts';
export { relayClients } from './net/relay.ts';
export type { ClientSource } from './net/relay-messages.ts';
export { runRelay } from './net/relay-thread.ts';
export { streamOver } from './net/socket-stream.ts';
