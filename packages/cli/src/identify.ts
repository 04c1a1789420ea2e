import type { OpenedCore } from '@inquest/node';
import type { CoreIdentity } from './output/envelope.ts';

/** Which program a document is about. */
export function identify({ corePath, executablePath, session }: OpenedCore): CoreIdentity {
  const ids = session.program.main?.buildIds;
  return { path: corePath, executable: executablePath, buildId: ids?.gnu ?? ids?.go };
}
