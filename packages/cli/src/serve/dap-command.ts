import { debugAdapterProtocol } from '@inquest/servers';
import { debugHost } from './debug-host.ts';
import { reachOf, serve } from './serve.ts';
import { keeperOf } from '../opening.ts';
import type { DapRequest } from './arguments.ts';

/** `inquest dap`: serves editors; each opens the core that its launch configuration names. Returns the exit code. */
export function runDap(request: DapRequest): Promise<number> {
  const reach = reachOf(request);
  return serve(request, 'DAP', ({ supervisor }) => [
    debugAdapterProtocol(debugHost({ reach, config: request.config, keeper: keeperOf(request), supervisor })),
  ]);
}
