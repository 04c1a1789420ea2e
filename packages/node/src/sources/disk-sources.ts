import { existsSync, readFileSync, statSync, type Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  substitutePath,
  type PathRule,
  type SourceProgram,
  type SourceProvider,
  type SourceText,
} from '@inquest/engine';
import { guessRules } from './guess.ts';
import { findGoTree, findModuleRoot, moduleCache, moduleCachePath } from './go-folders.ts';

/** No source file that is worth showing is larger. */
const LARGEST_SOURCE = 64 << 20;

export interface DiskSourcesOptions {
  /** Files in whose folders sources may lie as well. */
  readonly besides: readonly string[];
  /** The executable: with the files beside which sources may lie, its age tells whether a source was changed since the build. */
  readonly executable: string | undefined;
  /** Version of Go that built the program (`go1.27.1`): sources of another one would show wrong lines. */
  readonly goVersion: () => string | undefined;
  /** The user's rules, as they are now. */
  readonly rules: () => readonly PathRule[];
  readonly env: NodeJS.ProcessEnv;
  /** Fetches a file that is not on this machine; its path is that of the copy. */
  readonly fetch?: (path: string) => string | undefined;
}

interface Found {
  /** Where the file is; undefined if it is not at hand. */
  readonly path: string | undefined;
  /** Time of its last change, in milliseconds. */
  readonly changed: number | undefined;
  /** True for what is surely that of the build: a module's version that nobody may write, and what came by build ID. */
  readonly isVersion: boolean;
}

/**
 * Source files of this machine. In turn: where the user's rules say, at the compiled-in path, in the module cache, in the
 * tree of the Go release that built the program, in the checkout of the module that the file is of (seen from here and from
 * the executable), in the folders of $INQUEST_SOURCE_PATH (separated by colons), beside the executable and the core.
 */
export class DiskSources implements SourceProvider {
  private readonly texts = new Map<string, Text | undefined>();
  /** The lines of the file that was asked for last: those of all take more memory than their texts. */
  private last: { readonly path: string; readonly lines: readonly string[] | undefined } | undefined;
  private readonly found = new Map<string, Found>();
  private readonly options: DiskSourcesOptions;
  private readonly besides: readonly string[];
  private readonly builtAt: number | undefined;
  private rulesBefore: readonly PathRule[] | undefined;
  private goTree: { readonly path: string | undefined } | undefined;

  constructor(options: DiskSourcesOptions) {
    this.options = options;
    const { executable, besides, env } = options;
    this.builtAt = executable === undefined ? undefined : oldest([executable, ...besides]);
    const given = (env['INQUEST_SOURCE_PATH'] ?? '').split(':').filter((path) => path !== '');
    this.besides = [...new Set([...given, ...besides.map((path) => dirname(path))])];
  }

  get canFetch(): boolean {
    return this.options.fetch !== undefined;
  }

  read(path: string): readonly string[] | undefined {
    const text = this.text(path);
    if (this.last?.path !== path) this.last = { path, lines: text?.lines() };
    return this.last.lines;
  }

  text(path: string): Text | undefined {
    const here = this.find(path).path ?? this.fetched(path);
    if (!this.texts.has(path)) this.texts.set(path, here === undefined ? undefined : readText(here));
    return this.texts.get(path);
  }

  locate(path: string): string | undefined {
    return this.find(path).path;
  }

  places(path: string): readonly string[] {
    return [...new Set(this.candidates(path))];
  }

  isAsBuilt(path: string): boolean {
    if (this.text(path) === undefined) return false;
    const { changed, isVersion } = this.find(path);
    return isVersion || (changed !== undefined && this.builtAt !== undefined && changed <= this.builtAt);
  }

  guessRules(program: SourceProgram): readonly PathRule[] {
    return guessRules(program, { folders: this.startFolders(), env: this.options.env });
  }

  private fetched(path: string): string | undefined {
    const copy = this.options.fetch?.(path);
    if (copy !== undefined) this.found.set(path, { path: copy, changed: undefined, isVersion: true });
    return copy;
  }

  private find(path: string): Found {
    const rules = this.options.rules();
    if (rules !== this.rulesBefore) {
      this.rulesBefore = rules;
      this.found.clear();
      this.texts.clear();
      this.last = undefined;
    }
    let found = this.found.get(path);
    if (found === undefined) {
      found = this.search(path);
      this.found.set(path, found);
    }
    return found;
  }

  private search(path: string): Found {
    for (const candidate of this.candidates(path)) {
      const stat = statIfThere(candidate);
      if (stat === undefined || !stat.isFile() || stat.size > LARGEST_SOURCE) continue;
      const isVersion = /@v\d[^/]*\//.test(candidate) && (stat.mode & 0o222) === 0;
      return { path: resolve(candidate), changed: stat.mtimeMs, isVersion };
    }
    return { path: undefined, changed: undefined, isVersion: false };
  }

  private *candidates(path: string): Generator<string> {
    const ruled = substitutePath(path, this.options.rules());
    if (ruled !== undefined) yield ruled;
    if (path.startsWith('/')) yield path;
    const cached = moduleCachePath(path);
    if (cached !== undefined) yield join(moduleCache(this.options.env), cached);
    yield* this.inGoTree(path);
    if (!path.startsWith('/')) yield* this.besideTrimmed(path);
    for (const folder of this.besides) yield join(folder, basename(path));
  }

  /** `runtime/proc.go` of -trimpath, and `…/src/runtime/proc.go` of a tree that is not where it was. */
  private *inGoTree(path: string): Generator<string> {
    const behind = path.startsWith('/') ? /\/src\/((?!.*\/src\/).*)$/.exec(path)?.[1] : path;
    if (behind === undefined || /^[^/]*\./.test(behind)) return;
    this.goTree ??= { path: findGoTree(this.options.goVersion(), this.options.env) };
    if (this.goTree.path !== undefined) yield join(this.goTree.path, 'src', behind);
  }

  /** -trimpath leaves `module/path/file.go`. */
  private *besideTrimmed(path: string): Generator<string> {
    for (const folder of this.startFolders()) {
      const root = findModuleRoot(folder);
      if (root !== undefined && path.startsWith(`${root.module}/`))
        yield join(root.folder, path.slice(root.module.length + 1));
    }
    const parts = path.split('/');
    for (let i = 0; i < parts.length; i++) {
      const tail = parts.slice(i).join('/');
      yield resolve(tail);
      for (const folder of this.besides) yield join(folder, tail);
    }
  }

  private startFolders(): string[] {
    return [...new Set([process.cwd(), ...this.besides.map((folder) => resolve(folder))])];
  }
}

function statIfThere(path: string): Stats | undefined {
  try {
    return existsSync(path) ? statSync(path) : undefined;
  } catch {
    return undefined;
  }
}

function readText(path: string): Text | undefined {
  try {
    return new Text(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

class Text implements SourceText {
  private readonly text: string;
  private readonly hasReturns: boolean;

  constructor(text: string) {
    this.text = text;
    this.hasReturns = text.includes('\r');
  }

  lines(): readonly string[] {
    // By a string it is five times as fast as by an expression.
    return this.hasReturns ? this.text.split(/\r?\n/) : this.text.split('\n');
  }

  *linesFrom(first: number): Generator<string> {
    const { text } = this;
    let at = 0;
    for (let number = 1; number < first; number++) {
      at = text.indexOf('\n', at) + 1;
      if (at === 0) return;
    }
    for (;;) {
      const end = text.indexOf('\n', at);
      const line = end < 0 ? text.slice(at) : text.slice(at, end);
      yield this.hasReturns && end >= 0 && line.endsWith('\r') ? line.slice(0, -1) : line;
      if (end < 0) return;
      at = end + 1;
    }
  }
}

/** The time of the oldest of some files: a program was built before any of what belongs to it was made. */
function oldest(paths: readonly string[]): number | undefined {
  const times = paths.flatMap((path) => statIfThere(path)?.mtimeMs ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}
