import type { Operation } from '../operation.ts';
import { argsOperation, localsOperation, varsOperation } from './data.ts';
import { deferredOperationOver } from './deferred.ts';
import { disassembleOperation } from './disassemble.ts';
import { editOperation } from './edit.ts';
import { goroutineOperation, goroutinesOperationOver } from './goroutines.ts';
import { listOperation } from './list.ts';
import { healthOperation } from './health.ts';
import { librariesOperation } from './libraries.ts';
import { reportOperation } from './report.ts';
import { bottomOperation, downOperation, frameOperation, stackOperation, upOperation } from './stack.ts';
import { examineMemoryOperation } from './memory.ts';
import { moreOperation, printOperation } from './print.ts';
import { regsOperation } from './registers.ts';
import { symbolOperation } from './symbol.ts';
import { funcsOperation, packagesOperation, sourcesOperation, typesOperation } from './symbols.ts';
import { targetOperation } from './target.ts';
import { threadOperation, threadsOperationOver } from './threads.ts';
import { tracebackOperation } from './traceback.ts';
import { whatisOperation } from './whatis.ts';
import { deadlocksOperation, waitingOperation } from './waits.ts';
import { whyOperation } from './why.ts';

/** Everything that can be asked. The command line, completion, JSON and help are derived from this table. */
export const operations: readonly Operation[] = [
  reportOperation,
  stackOperation,
  frameOperation,
  upOperation,
  downOperation,
  bottomOperation,
  deferredOperationOver(() => operations),
  listOperation,
  editOperation,
  disassembleOperation,
  goroutinesOperationOver(() => operations),
  goroutineOperation,
  waitingOperation,
  deadlocksOperation,
  whyOperation,
  threadsOperationOver(() => operations),
  threadOperation,
  argsOperation,
  localsOperation,
  varsOperation,
  printOperation,
  moreOperation,
  whatisOperation,
  regsOperation,
  examineMemoryOperation,
  funcsOperation,
  typesOperation,
  sourcesOperation,
  packagesOperation,
  symbolOperation,
  librariesOperation,
  healthOperation,
  targetOperation,
  tracebackOperation,
];
