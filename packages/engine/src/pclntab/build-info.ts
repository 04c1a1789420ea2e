import { decodeLatin1, decodeUtf8 } from '../base/text.ts';
import { Cursor } from '../base/cursor.ts';
import { attempt } from '../base/errors.ts';
import { parseGoVersion, type GoVersion } from '../base/go-version.ts';
import type { Memory } from '../bytes/memory.ts';

/** What the Go linker wrote down about a build (debug/buildinfo). */
export interface BuildInfo {
  readonly goVersion: GoVersion | undefined;
  /** The raw version text. */
  readonly versionText: string;
  /** Import path of the main package, where recorded. */
  readonly path: string | undefined;
  /** Main module `path@version`. */
  readonly mainModule: { readonly path: string; readonly version: string } | undefined;
  readonly deps: readonly { readonly path: string; readonly version: string }[];
  /** `build` lines: -ldflags, CGO_ENABLED, vcs.revision … (Go 1.18+). */
  readonly settings: ReadonlyMap<string, string>;
}

const MAGIC = '\xff Go buildinf:';
const LONGEST = 1 << 20;

/**
 * Reads the build information at `address`, the start of `.go.buildinfo` or a 16-aligned place found by its magic.
 * Go 1.18+ stores both strings inline; before, two pointers to Go strings follow.
 */
export function readBuildInfo(memory: Memory, address: number): BuildInfo | undefined {
  const head = memory.readSome(address, 32);
  if (head.length < 32 || decodeLatin1(head.subarray(0, MAGIC.length)) !== MAGIC) return undefined;
  const flags = head[15] as number;
  let version = '';
  let modinfo: Uint8Array = new Uint8Array(0);
  if ((flags & 2) !== 0) {
    const strings = readInline(memory, address + 32);
    if (strings === undefined) return undefined;
    version = decodeUtf8(strings[0]);
    modinfo = strings[1];
  } else {
    const strings = attempt(
      () => [goString(memory, memory.u64(address + 16)), goString(memory, memory.u64(address + 24))] as const,
    );
    if (strings === undefined) return undefined;
    version = decodeUtf8(strings[0]);
    modinfo = strings[1];
  }
  return { goVersion: parseGoVersion(version), versionText: version, ...parseModInfo(modinfo) };
}

/** Both strings behind the header; most fit into a few pages, so the rest is read only if it is needed. */
function readInline(memory: Memory, address: number): readonly [Uint8Array, Uint8Array] | undefined {
  for (const size of [1 << 13, LONGEST]) {
    const cursor = new Cursor(memory.readSome(address, size), '.go.buildinfo');
    const strings = attempt(() => [cursor.take(cursor.uleb()), cursor.take(cursor.uleb())] as const);
    if (strings !== undefined) return strings;
  }
  return undefined;
}

function goString(memory: Memory, header: number): Uint8Array {
  const length = memory.u64(header + 8);
  return length === 0 || length > LONGEST ? new Uint8Array(0) : memory.read(memory.u64(header), length);
}

type ModInfo = Pick<BuildInfo, 'path' | 'mainModule' | 'deps' | 'settings'>;

/** Parses the module text, which 16-byte sentinels enclose. */
function parseModInfo(raw: Uint8Array): ModInfo {
  let path: string | undefined;
  let mainModule: ModInfo['mainModule'];
  const deps: { path: string; version: string }[] = [];
  const settings = new Map<string, string>();
  const body = raw.length >= 33 ? decodeUtf8(raw.subarray(16, raw.length - 16)) : '';
  for (const line of body.split('\n')) {
    const [kind, first = '', second = ''] = line.split('\t');
    if (kind === 'path') path = first;
    else if (kind === 'mod') mainModule = { path: first, version: second };
    else if (kind === 'dep') deps.push({ path: first, version: second });
    else if (kind === '=>' && deps.length > 0) deps[deps.length - 1] = { path: first, version: second };
    else if (kind === 'build') {
      const equals = first.indexOf('=');
      if (equals > 0) settings.set(first.slice(0, equals), first.slice(equals + 1).replace(/^"(.*)"$/, '$1'));
    }
  }
  return { path, mainModule, deps, settings };
}
