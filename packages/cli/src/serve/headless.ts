import { statSync } from 'node:fs';
import type { OpenedCore } from '@inquest/node';
import { debugAdapterProtocol, rpcProtocol } from '@inquest/servers';
import { describeFailure } from '../output/failures.ts';
import { writeAll } from '../output/terminal.ts';
import { VERSION } from '../version.ts';
import { debugHost, hostedCore } from './debug-host.ts';
import { reachOf, serve, type ServeOptions } from './serve.ts';

/** `inquest core --headless`: serves a core to clients of Delve's JSON-RPC, and to editors at the same port. Returns the exit code. */
export function serveHeadless(opened: OpenedCore, options: ServeOptions): Promise<number> {
  const reach = reachOf(options);
  const { executablePath } = opened;
  const changed = executablePath === undefined ? undefined : statSync(executablePath, { throwIfNoEntry: false });
  const forDelve = (): OpenedCore => ({ ...opened, session: opened.another({ addressable: true }) });
  const forEditor = (): OpenedCore => ({ ...opened, session: opened.another() });
  return serve(options, 'API', ({ end, supervisor }) => [
    rpcProtocol({
      version: VERSION,
      multiclient: options.acceptMulticlient,
      executableChanged: changed?.mtimeMs,
      openSession: () => hostedCore(forDelve(), reach),
      detach: end,
      ...(supervisor === undefined ? {} : { supervisor }),
      reportBug: (error) => writeAll(2, `inquest: ${describeFailure(error).join('\n')}\n`),
    }),
    debugAdapterProtocol(
      debugHost({ reach, config: true, attached: () => hostedCore(forEditor(), reach), supervisor }),
    ),
  ]);
}
