import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, resolve } from 'node:path';
import { DebugError } from '@inquest/engine';
import { reasonOf } from '@inquest/node';
import { loadScriptCompiler } from '../vendor-bundles.ts';

/** What scripts find as if it were global. */
export type ScriptGlobals = Readonly<Record<string, unknown>>;

const SCRIPT = /\.[cm]?[jt]s$/;
const TYPESCRIPT = /\.[cm]?ts$/;

/** True if the name of a file is that of a script. */
export function isScript(path: string): boolean {
  return SCRIPT.test(path) && !path.endsWith('.d.ts');
}

interface Module {
  exports: unknown;
}

/**
 * Loads scripts, with what they import from beside them: JavaScript and TypeScript alike, modules or CommonJS. Read anew by
 * each loader, so that an edited script runs as it is now.
 */
export class ScriptLoader {
  private readonly files: Set<string>;
  private readonly modules = new Map<string, Module>();
  private readonly globals: ScriptGlobals;

  /** @param files takes the names of the files that were loaded: errors are told by their lines */
  constructor(globals: ScriptGlobals, files: Set<string>) {
    this.globals = globals;
    this.files = files;
  }

  /** Runs a file once and returns what it exports. Throws `io` and `syntax` errors, and what the script throws. */
  load(path: string): unknown {
    const file = resolve(path);
    const known = this.modules.get(file);
    if (known !== undefined) return known.exports;
    const code = this.compile(file, path);
    const module: Module = { exports: {} };
    this.modules.set(file, module);
    this.files.add(file);
    const names = Object.keys(this.globals);
    const { compileFunction } = process.getBuiltinModule('node:vm');
    let run: (...values: unknown[]) => void;
    try {
      run = compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname', ...names], {
        filename: file,
      }) as typeof run;
    } catch (error) {
      throw syntaxError(path, error);
    }
    const values = names.map((name) => this.globals[name]);
    run(module.exports, this.requireFrom(file), module, file, dirname(file), ...values);
    return module.exports;
  }

  private compile(file: string, path: string): string {
    let source: string;
    try {
      source = readFileSync(file, 'utf8');
    } catch (error) {
      throw new DebugError(`cannot read the script ${path}: ${reasonOf(error)}`, { code: 'io' });
    }
    const compiler = loadScriptCompiler();
    if (compiler === undefined)
      throw new DebugError(`cannot run ${path}: this installation lacks dist/vendor/script-compiler.cjs`, {
        code: 'unsupported',
      });
    try {
      // A first line #!… is for the shell.
      return compiler.compileScript(source.replace(/^#!.*/, ''), TYPESCRIPT.test(file));
    } catch (error) {
      throw syntaxError(path, (TYPESCRIPT.test(file) ? undefined : complaintOfNode(source, file)) ?? error);
    }
  }

  /** `require` as a script in `file` sees it: scripts beside it by this loader, all else by Node. */
  private requireFrom(file: string): (name: string) => unknown {
    const require = createRequire(realpathSync(file));
    return (name) => {
      const beside =
        name.startsWith('.') || name.startsWith('/') ? findScript(resolve(dirname(file), name)) : undefined;
      return beside === undefined ? (require(name) as unknown) : this.load(beside);
    };
  }
}

/** The file behind `./helpers`, `./helpers.ts` and, as TypeScript writes it, `./helpers.js` for helpers.ts. */
function findScript(path: string): string | undefined {
  const bare = path.slice(0, path.length - extname(path).length);
  const candidates = [path, `${path}.js`, `${path}.ts`, `${path}.mjs`, `${path}.cjs`, `${bare}.ts`, `${bare}.mts`];
  return candidates.find((candidate) => isScript(candidate) && existsSync(candidate));
}

/** What Node says about JavaScript, whose place is more exact than the compiler's; undefined if it has no complaint. */
function complaintOfNode(source: string, file: string): unknown {
  const { compileFunction } = process.getBuiltinModule('node:vm');
  const body = source
    .replace(/^#!.*/, '')
    .replace(/^export\s+default\s/gm, '0,')
    .replace(/^export\s/gm, '')
    .replace(/^import\s[^;]*?from\s*(['"]).*?\1;?/gms, (text) => '\n'.repeat(text.split('\n').length - 1));
  try {
    compileFunction(body, [], { filename: file });
    return undefined;
  } catch (error) {
    return error;
  }
}

/** What a compiler says about a script, with the line. */
function syntaxError(path: string, error: unknown): DebugError {
  const { message, loc, stack } = error as { message: string; loc?: { line: number; column: number }; stack?: string };
  // Node puts FILE:LINE before the rest of the stack.
  const line = loc?.line ?? /^.*:(\d+)\n/.exec(stack ?? '')?.[1];
  const where = line === undefined ? path : `${path}:${line}`;
  const text = message.replace(/^Error transforming [^:]*: /, '').replace(/ \(\d+:\d+\)$/, '');
  return new DebugError(`${where}: ${text}`, { code: 'syntax' });
}
