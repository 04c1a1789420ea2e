import type { DebugProtocol } from '@vscode/debugprotocol';
import { DebugError, substitutePath, type Page, type Session } from '@inquest/engine';
import type { ClientTraits } from './client.ts';
import { Handles } from './handles.ts';

/** Source files, as a client is to find them. */
export class SourceMap {
  private readonly session: Session;
  private readonly client: ClientTraits;
  /** Files by the numbers under which their text is sent. */
  private readonly contents = new Handles<string>();
  /** Files by the paths that the client knows: it gets no others. */
  private readonly handedOut = new Map<string, string>();

  constructor(session: Session, client: ClientTraits) {
    this.session = session;
    this.client = client;
  }

  /** Undefined where no source file is known. `file` is a path as compiled in; sources of the runtime are dimmed in lists. */
  of(file: string, isPlumbing = false): DebugProtocol.Source | undefined {
    if (file === '' || file.startsWith('<')) return undefined;
    const { sources, settings } = this.session;
    const here = sources.locate?.(file);
    const ruled = substitutePath(file, settings.substitutePath);
    const path = here ?? ruled ?? file;
    // Who sits at another machine has its own files, or gets the text from here; so it is with what must be fetched.
    const isSent = here === undefined ? sources.canFetch === true && ruled === undefined : this.client.remote;
    this.handedOut.set(path, file);
    return {
      name: file.slice(file.lastIndexOf('/') + 1),
      path,
      ...(isSent ? { sourceReference: this.contents.numberOf(file, () => file) } : {}),
      ...(isPlumbing ? { presentationHint: 'deemphasize' as const, origin: 'the Go runtime' } : {}),
    };
  }

  /** The text of a source. Throws `not-found` with where it was looked for. */
  content({ sourceReference, source }: DebugProtocol.SourceArguments): string {
    const reference = source?.sourceReference ?? sourceReference;
    const file = this.contents.get(reference) ?? this.handedOut.get(source?.path ?? '');
    if (file === undefined)
      throw new DebugError(`there is no source ${source?.path ?? reference}`, { code: 'not-found' });
    const lines = this.session.sources.read(file);
    if (lines !== undefined) return lines.join('\n');
    const places = (this.session.sources.places?.(file) ?? []).slice(0, 4).join(', ');
    throw new DebugError(`the source is not on this machine: ${file}`, {
      code: 'not-found',
      hint: `looked for at ${places}`,
    });
  }

  /** All files that the program was made of. */
  all(page: Page<string>): DebugProtocol.Source[] {
    return page.items.flatMap((file) => this.of(file) ?? []);
  }
}
