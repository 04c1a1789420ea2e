export { counters, type Counters } from './base/counters.ts';
export { listenToWork, LongWork, type WorkListener } from './base/long-work.ts';
export {
  attempt,
  badData,
  DebugError,
  fault,
  hex,
  isDebugError,
  notFound,
  unsupported,
  type ErrorCode,
  type ErrorDetail,
} from './base/errors.ts';
export { printable, quoteGo } from './base/quote.ts';
export type { ByteSource, Decompressors, HostFile, ZlibStream } from './bytes/byte-source.ts';
export { whole, type GrowingBytes } from './bytes/growing-bytes.ts';
export type { Host } from './bytes/host.ts';
export { KEPT_BLOCK, type Keeper } from './bytes/keeper.ts';
export type { DebugFileRequest, FileFinder } from './bytes/file-finder.ts';
export type { Memory } from './bytes/memory.ts';
export { MemorySource } from './bytes/memory-source.ts';
export { escapeRegex, formatCount, lendLatin1 } from './base/text.ts';
export { lendByteSearch } from './base/byte-search.ts';
export { encodeBase64 } from './base/base64.ts';
export { PagedSource } from './bytes/paged-source.ts';
export { parseElf, type ElfFile } from './elf/elf-file.ts';
export { gnuBuildId, readBuildIds, type BuildIds } from './elf/notes.ts';
export { CoreTarget, type CoreOptions } from './target/core-target.ts';
export { Program } from './program/program.ts';
export { GoRuntime } from './runtime/go-runtime.ts';
export type { FrameVariable } from './session/call-variables.ts';
export type { Goroutine } from './runtime/goroutine.ts';
export type { Thread } from './target/target.ts';
export { kindNumber, kindOf, type Kind } from './types/go-type.ts';
export { CallStack, type Call } from './unwind/call-stack.ts';
export { packageOf } from './pclntab/function-name.ts';
export { formatValue, type FormatOptions } from './values/format.ts';
export type { Value } from './values/handle.ts';
export { loadValue } from './values/load.ts';
export { memoryPlace } from './values/place.ts';
export type { LoadLimits, NamedTree, ValueTree } from './values/tree.ts';
export { withAliases } from './session/aliases.ts';
export type { X86Decoder, X86Instruction, X86Memory, X86Operand } from './arch/text/x86-instruction.ts';
export { ancestorsOf } from './session/ancestors.ts';
export { pcLocation } from './session/calls.ts';
export { functionFacts, locationText } from './session/code-facts.ts';
export * from './session/command-line.ts';
export { deferredResults, deferredStack } from './session/deferred-calls.ts';
export { evaluateHere, isSliceExpression, loadEvaluated, type EvaluatedExpression } from './session/evaluation.ts';
export { findFunctions } from './session/functions.ts';
export { describeGlobal, findGlobal, globalNames } from './session/global-variable.ts';
export { channelFilter, groupKey, parseFilter, type GoroutineTest } from './session/goroutine-filter.ts';
export { listingOf } from './session/goroutine-listing.ts';
export { findLocation, findLocations, requireCode, type CodeLocation } from './session/locations.ts';
export { isPlumbing } from './session/calls.ts';
export { waitersOn } from './session/channel-waiters.ts';
export { disassembleRange, functionRange, rangeOfCount, type CodeRange } from './session/disassembly.ts';
export { limitsOf, withRawStrings } from './session/presentation.ts';
export { FULL_LIMITS } from './session/operations/print.ts';
export { applyVerb } from './values/verbs.ts';
export {
  evaluateLive,
  liveGlobals,
  LiveValue,
  liveVariables,
  readMemory,
  type LiveGlobal,
} from './session/live-value.ts';
export { INFO_TOPICS } from './session/habits.ts';
export { statusName } from './runtime/status.ts';
export { waitReasons } from './runtime/wait-reasons.ts';
export { findLiveCommand, LIVE_COMMANDS, type LiveCommand } from './session/live-commands.ts';
export { splitWords, type Word } from './session/words.ts';
export {
  Configuration,
  type ConfigurationLayer,
  type ConfigurationStore,
  type Origin,
} from './session/configuration/configuration.ts';
export { convertSetting, MANY, SCALARS, SETTING_KEYS, type SettingValue } from './session/configuration/keys.ts';
export { substitutePath, unsubstitutePath, type PathRule } from './session/configuration/path-rules.ts';
export {
  defineOperation,
  type Operation,
  type Parameter,
  type ParameterKind,
  type Parameters,
  type ResultStream,
} from './session/operation.ts';
export { operations } from './session/operations/table.ts';
export { deathOf, type Death } from './session/operations/report.ts';
export { checkFilters, describeGoroutine, takeCensus, type GoroutineCensus } from './session/goroutine-census.ts';
export { stackFor } from './session/operations/stack.ts';
export { shownRegisters } from './session/register-names.ts';
export { userRegex, type RegexCompiler } from './session/user-regex.ts';
export { goroutinesOperationOver } from './session/operations/goroutines.ts';
export { threadsOperationOver } from './session/operations/threads.ts';
export { configOperation } from './session/operations/config.ts';
export { crashedThread } from './findings/cause.ts';
export type { Confidence, DeathKind } from './findings/cause/death.ts';
export type * from './session/results.ts';
export type * from './session/results-report.ts';
export type * from './session/results-code.ts';
export type * from './session/results-health.ts';
export { FLAVOURS, type Flavour } from './arch/text/instruction.ts';
export type * from './session/results-machine.ts';
export type * from './session/results-session.ts';
export type * from './session/results-waits.ts';
export type * from './session/results-traceback.ts';
export type * from './session/results-types.ts';
export { exportValue, type ExportedValue } from './session/export.ts';
export { parseTracebackLevel } from './session/operations/traceback.ts';
export { formatTraceback, type Traceback } from './traceback/traceback.ts';
export { mainCrash, readCrashTexts } from './traceback/reading/read-crash-text.ts';
export type { CrashTexts } from './traceback/reading/crash-text.ts';
export type * from './traceback/reading/crash-text.ts';
export { crashTextReport } from './session/crash-report.ts';
export { TRACEBACK_LEVELS, type TracebackLevel } from './traceback/levels.ts';
export { redactedOperation } from './session/redaction/redacted-operation.ts';
export { REDACTION_NOTE, Redactor } from './session/redaction/redact.ts';
export { Session, type Selection, type SessionOptions } from './session/session.ts';
export type { ColorName, Settings } from './session/settings.ts';
export { sourceProgram } from './session/source-program.ts';
export { sourceAround, type SourceProgram, type SourceProvider, type SourceText } from './session/source-lines.ts';
