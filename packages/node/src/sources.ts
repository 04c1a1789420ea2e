import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { SourceProvider } from '@inquest/engine';

/** No source file that is worth showing is larger. */
const LARGEST_SOURCE = 64 << 20;

/**
 * Source files of this machine. A file that is not at its compiled-in path is looked for in the folders of
 * $INQUEST_SOURCE_PATH (separated by colons), beside the executable and the core, and in the module cache and GOROOT where the path shows (-trimpath) that it is from there.
 */
export class DiskSources implements SourceProvider {
  private readonly cache = new Map<string, readonly string[] | undefined>();
  private readonly besides: readonly string[];

  private readonly builtAt: number | undefined;
  private readonly found = new Map<string, { readonly path: string; readonly changed: number }>();

  /**
   * @param besides files in whose folders sources may lie as well
   * @param executable by whose age it is judged whether a source was changed since
   */
  constructor(besides: readonly string[], executable?: string) {
    this.builtAt = executable === undefined ? undefined : statSync(executable, { throwIfNoEntry: false })?.mtimeMs;
    const given = (process.env['INQUEST_SOURCE_PATH'] ?? '').split(':').filter((path) => path !== '');
    this.besides = [...new Set([...given, ...besides.map((path) => dirname(path))])];
  }

  read(path: string): readonly string[] | undefined {
    if (!this.cache.has(path)) this.cache.set(path, this.load(path));
    return this.cache.get(path);
  }

  isAsBuilt(path: string): boolean {
    const changed = this.read(path) === undefined ? undefined : this.found.get(path)?.changed;
    return changed !== undefined && this.builtAt !== undefined && changed <= this.builtAt;
  }

  locate(path: string): string | undefined {
    return this.read(path) === undefined ? undefined : this.found.get(path)?.path;
  }

  places(path: string): readonly string[] {
    return [...new Set(this.candidates(path))];
  }

  private load(path: string): readonly string[] | undefined {
    for (const candidate of this.candidates(path)) {
      try {
        if (!existsSync(candidate)) continue;
        const { size, mtimeMs } = statSync(candidate);
        if (size > LARGEST_SOURCE) continue;
        this.found.set(path, { path: resolve(candidate), changed: mtimeMs });
        return readFileSync(candidate, 'utf8').split(/\r?\n/);
      } catch {
        continue;
      }
    }
    return undefined;
  }

  private *candidates(path: string): Generator<string> {
    if (path.startsWith('/')) {
      yield path;
    } else {
      const { GOMODCACHE, GOPATH, GOROOT, HOME } = process.env;
      if (path.includes('@')) {
        const cache = GOMODCACHE ?? join(GOPATH ?? join(HOME ?? '/', 'go'), 'pkg', 'mod');
        // The module cache writes capital letters as ! and the small letter.
        yield join(
          cache,
          path.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`),
        );
      }
      if (GOROOT !== undefined) yield join(GOROOT, 'src', path);
      yield join('/usr/local/go/src', path);
      // -trimpath leaves `module/path/file.go`: try shorter and shorter tails beside the executable and here.
      const parts = path.split('/');
      for (let i = 0; i < parts.length; i++) {
        const tail = parts.slice(i).join('/');
        yield tail;
        for (const folder of this.besides) yield join(folder, tail);
      }
    }
    for (const folder of this.besides) yield join(folder, basename(path));
  }
}
