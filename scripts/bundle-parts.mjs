// Divides the command into parts: what every start needs is the main file; the rest is loaded when a function needs it for the first
// time. Engine and command stay plain modules with static imports, and everything stays synchronous: the imports are rewritten here.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript6';

/**
 * What opening a core and its backtrace run: files and folders of packages/NAME/src. What these need to be evaluated comes with them.
 * A file that is missing here costs time alone: a backtrace then loads a part (packages/cli/test/parts.test.ts fails).
 */
const MAIN = `
  cli/ arguments.ts bin.ts core-command.ts displays.ts door-operations.ts exit-codes.ts export-operation.ts file-arguments.ts help.ts
  cli/ connect/arguments.ts help-topics.ts identify.ts input.ts main.ts opening.ts output/ reach.ts render/index.ts render/place.ts render/stack.ts runner.ts
  cli/ serve/arguments.ts tool-arguments.ts vendor-bundles.ts version.ts
  node/ archives/archive.ts cache/ config/ decompress.ts file-finder.ts inflate/ host-file.ts inputs.ts open.ts sources/disk-sources.ts
  node/ go-regex.ts x86-decoder.ts
  engine/ arch/amd64.ts arch/arm64.ts arch/machines.ts arch/registers.ts arch/amd64/ base/ bytes/ elf/compressed-section.ts elf/constants.ts elf/elf-file.ts
  engine/ elf/notes.ts findings/cause.ts image/ pclntab/ program/ runtime/ session/aliases.ts session/calls.ts session/code-index.ts
  engine/ session/command-line.ts session/configuration/ session/frame-variables.ts session/habits.ts session/live-commands.ts
  engine/ session/operation.ts session/operations/ session/optimised-values.ts session/package-members.ts session/panic-text.ts
  engine/ session/session.ts session/type-catalog.ts session/user-frame.ts session/user-regex.ts session/words.ts target/ traceback/levels.ts
  engine/ types/descriptor-layout.ts types/descriptors.ts types/from-runtime.ts types/go-type.ts types/synthetic.ts unwind/call-stack.ts unwind/callback.ts unwind/flow/function-flow.ts
  engine/ unwind/plain-frames.ts unwind/signal-frame.ts unwind/special-functions.ts unwind/stacks.ts unwind/unwinder.ts values/handle.ts values/load.ts
  engine/ values/format.ts values/place.ts values/scalars.ts values/scratch.ts values/tree.ts values/value.ts
`;

/**
 * What reports and variables run besides, in a file that is loaded at once: written as MAIN is. What is missing here makes them load
 * a part more.
 */
const COMMON = `
  cli/ render/other-crashes.ts render/panics.ts render/report-form.ts render/report-waits.ts render/report.ts render/value.ts
  cli/ render/variables.ts render/whereabouts.ts
  engine/ arch/amd64/comparison.ts dwarf/abbrev.ts dwarf/attribute-value.ts dwarf/columns.ts dwarf/dwarf.ts dwarf/entry-scan.ts dwarf/entry-text.ts
  engine/ dwarf/entry.ts dwarf/expression.ts dwarf/forms.ts dwarf/functions.ts dwarf/location-list.ts dwarf/name-hash.ts
  engine/ dwarf/name-scan.ts dwarf/name-table.ts dwarf/names.ts dwarf/operations.ts dwarf/pc-index.ts dwarf/ranges.ts
  engine/ dwarf/sections.ts dwarf/skip.ts dwarf/stack-operations.ts dwarf/unit-functions.ts dwarf/unit-table.ts dwarf/unit.ts
  engine/ dwarf/variables.ts elf/symbols.ts findings/cause/death.ts findings/health.ts runtime/clock.ts
  engine/ session/call-variables.ts session/dead-pointers.ts findings/blocked/heap-objects.ts session/cause/context.ts session/cause/explain.ts session/cause/judge.ts session/cause/nested.ts
  engine/ session/cause/panic-value.ts session/goroutine-groups.ts session/goroutine-listing.ts session/oldest-waits.ts
  engine/ session/presentation.ts session/report-detail.ts session/source-code/function-source.ts session/source-lines.ts
  engine/ session/visited-nodes.ts session/wait-summary.ts types/dwarf-details.ts types/from-dwarf.ts
  engine/ unwind/argument-places.ts unwind/flow/ unwind/live-slots.ts unwind/stack-trie.ts unwind/staleness.ts unwind/variables.ts
  node/ sources/go-folders.ts
`;

/** The other parts, by what they are loaded for: the first whose pattern fits a file is its own. */
const PARTS = {
  tools:
    /^(?:servers|cli\/(?:cache|doctor|run|prompt|script|report-formats|serve|completion)|node\/(?:net|archives|cache|host)|engine\/(?:arch\/text|session\/redaction))\b/,
  listings: /^(?:cli\/(?:render|source-after)|engine\/session\/(?:goroutine|register|source-lines|threads))/,
  values:
    /^engine\/(?:dwarf|expr|types|values|unwind|elf|session\/(?:source-code\/|\w*(?:value|variable|declar|curren|environment|source|evaluation|paging|channel-waiters|pure)))/,
  findings: /./,
};

const sources = /[\\/]packages[\\/]\w+[\\/]src[\\/].*\.ts$/;

/** The esbuild plugin that rewrites the imports. `packages` is the folder of the packages, `adapt` what else is to be done to a source. */
export function parts(packages, adapt) {
  return {
    name: 'parts',
    setup(context) {
      const division = new Division(packages);
      context.onLoad({ filter: sources }, ({ path }) => ({
        contents: adapt(path, division.rewritten(path)),
        loader: 'ts',
      }));
      context.onResolve({ filter: /^part:/ }, ({ path }) => ({ path, namespace: 'part', sideEffects: false }));
      context.onLoad({ filter: /./, namespace: 'part' }, ({ path }) => ({
        contents: division.virtual(path),
        loader: 'js',
        resolveDir: packages,
      }));
    },
  };
}

/** One import of a module from another: its bindings by their local names. */
class Edge {
  bindings = new Map();
  isEvaluated = false;

  constructor(target) {
    this.target = target;
  }
}

class Division {
  files = new Map();
  doors = new Map();
  main = new Set();
  common = new Set();
  /** Of each part, the modules that the main file and `common` use of it. */
  used = Object.fromEntries(['common', ...Object.keys(PARTS)].map((name) => [name, []]));

  constructor(packages) {
    this.packages = packages;
    for (const path of iterSources(packages))
      this.files.set(path, { text: readFileSync(path, 'utf8'), edges: undefined });
    for (const name of ['engine', 'node', 'servers']) this.doors.set(`@inquest/${name}`, this.door(name));
    this.close(MAIN, this.main);
    this.close(COMMON, this.common);
    for (const path of [...this.main, ...this.common].sort((a, b) => (a < b ? -1 : 1)))
      for (const { target } of this.edges(path)) if (this.isAway(path, target)) this.indexOf(target);
  }

  /** Where the exports of a package's door are. */
  door(name) {
    const path = join(this.packages, name, 'src/index.ts');
    const exported = new Map();
    for (const statement of this.parsed(path).statements) {
      if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined || statement.isTypeOnly)
        continue;
      const target = resolve(dirname(path), statement.moduleSpecifier.text);
      const elements = statement.exportClause?.elements.filter((each) => !each.isTypeOnly);
      for (const each of elements ?? [])
        exported.set(each.name.text, { target, name: (each.propertyName ?? each.name).text });
      if (statement.exportClause === undefined)
        for (const each of this.declared(target)) exported.set(each, { target, name: each });
    }
    return exported;
  }

  /** The values that a module declares and exports. */
  declared(path) {
    return this.parsed(path).statements.flatMap((statement) => {
      const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
      if (!isExported || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return [];
      return (statement.declarationList?.declarations ?? [statement]).map(({ name }) => name.text);
    });
  }

  parsed(path) {
    return ts.createSourceFile(path, this.files.get(path).text, ts.ScriptTarget.ESNext, true);
  }

  /** Adds to `modules` those of a list, and what they need to be evaluated, but for what the main file has. */
  close(list, modules) {
    const isListed = listed(list);
    const work = [...this.files.keys()].filter((path) => isListed(this.name(path)));
    for (let path = work.pop(); path !== undefined; path = work.pop()) {
      if (this.main.has(path) || modules.has(path)) continue;
      modules.add(path);
      for (const { target, isEvaluated } of this.edges(path)) if (isEvaluated) work.push(target);
    }
  }

  /** True if a module of the main file or of `common` reaches another only when it needs that. */
  isAway(path, target) {
    if (this.main.has(path)) return !this.main.has(target);
    return this.common.has(path) && !this.main.has(target) && !this.common.has(target);
  }

  partOf(path) {
    const name = this.name(path);
    return this.common.has(path) ? 'common' : Object.keys(PARTS).find((part) => PARTS[part].test(name));
  }

  /** The number of a module among those that are used of its part. */
  indexOf(path) {
    const list = this.used[this.partOf(path)];
    if (!list.includes(path)) list.push(path);
    return list.indexOf(path);
  }

  name(path) {
    return relative(this.packages, path)
      .replace(/^(\w+)[\\/]src[\\/]/, '$1/')
      .replaceAll('\\', '/');
  }

  /** What a module imports of others, and whether it uses that while it is evaluated. */
  edges(path) {
    const file = this.files.get(path);
    file.edges ??= this.findEdges(path);
    return file.edges;
  }

  findEdges(path) {
    const source = this.parsed(path);
    const edges = new Map();
    const local = new Map();
    const edgeTo = (target) => {
      if (!edges.has(target)) edges.set(target, new Edge(target));
      return edges.get(target);
    };
    for (const statement of source.statements) {
      const from = statement.moduleSpecifier?.text;
      if (ts.isExportDeclaration(statement) && from?.startsWith('.') && !statement.isTypeOnly)
        edgeTo(resolve(dirname(path), from)).isEvaluated = true;
      for (const { name, imported } of valueImports(statement)) {
        const found = this.resolved(path, from, imported);
        if (found === undefined) continue;
        const edge = edgeTo(found.target);
        edge.bindings.set(name, found.name);
        local.set(name, edge);
      }
    }
    eachUse(source, local, (name, _node, isEvaluated) => {
      if (isEvaluated) local.get(name).isEvaluated = true;
    });
    return [...edges.values()];
  }

  resolved(path, from, imported) {
    if (from.startsWith('.')) {
      const target = resolve(dirname(path), from);
      return this.files.has(target) && imported !== undefined ? { target, name: imported } : undefined;
    }
    return this.doors.get(from)?.get(imported);
  }

  /**
   * The text of a module: from those of the main file and of `common` other parts are reached through functions. What comes through a
   * package's door is imported from where it is, or all behind the door would belong to whoever uses the door.
   */
  rewritten(path) {
    const source = this.parsed(path);
    const isLean = this.main.has(path) || this.common.has(path);
    const lazy = isLean ? this.lazyNames(path) : new Map();
    const edits = isLean ? [...this.dynamicImports(source, path)] : [];
    for (const statement of source.statements) {
      const left = valueImports(statement).filter(({ name }) => !lazy.has(name));
      const from = statement.moduleSpecifier?.text;
      if (left.length === valueImports(statement).length && !this.doors.has(from)) continue;
      if (valueImports(statement).length === 0) continue;
      const kept = left.map(({ name, imported }) => {
        const at = (this.doors.has(from) && this.resolved(path, from, imported)) || { target: from, name: imported };
        return `import { ${at.name} as ${name} } from ${JSON.stringify(at.target)};`;
      });
      edits.push({ start: statement.getStart(), end: statement.end, text: kept.join(' ') });
    }
    eachUse(source, lazy, (name, node) => {
      const { text } = lazy.get(name);
      const isShorthand = ts.isShorthandPropertyAssignment(node.parent);
      const isMade = ts.isNewExpression(node.parent) && node.parent.expression === node;
      edits.push({
        start: node.getStart(),
        end: node.end,
        text: isShorthand ? `${name}: ${text}` : isMade ? `(${text})` : text,
      });
    });
    let out = this.files.get(path).text;
    for (const { start, end, text } of edits.sort((a, b) => b.start - a.start))
      out = out.slice(0, start) + text + out.slice(end);
    const needed = new Set([...out.matchAll(/\b(\w+)\$\(\)\.m\d/g)].map(([, part]) => part));
    return [...needed].map((part) => `import { ${part}$ } from 'part:${part}';`).join(' ') + out;
  }

  /** The names by which a module knows what is in other parts, and how it comes by that. */
  lazyNames(path) {
    const lazy = new Map();
    for (const { target, bindings } of this.edges(path)) {
      if (!this.isAway(path, target)) continue;
      const part = this.partOf(target);
      const at = `${part}$().m${this.indexOf(target)}`;
      for (const [name, exported] of bindings) lazy.set(name, { part, text: `${at}.${exported}` });
    }
    return lazy;
  }

  /** `import('./x.ts')`: from another part as well. */
  *dynamicImports(source, path) {
    for (const node of eachNode(source)) {
      if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword) continue;
      const target = resolve(dirname(path), node.arguments[0].text);
      yield {
        start: node.getStart(),
        end: node.end,
        text: `(async () => ${this.partOf(target)}$().m${this.indexOf(target)})()`,
      };
    }
  }

  /** `part:NAME`, through which the main file reaches a part, and `part:NAME/all`, which is the part. */
  virtual(path) {
    const [, name, all] = /^part:(\w+)(\/all)?$/.exec(path);
    if (all === undefined) return `let part; export const ${name}$ = () => (part ??= import('part:${name}/all'));`;
    return this.used[name].map((target, i) => `export * as m${i} from ${JSON.stringify(target)};`).join('\n');
  }
}

/** Whether a module is in a list such as MAIN, by its name. */
function listed(list) {
  const names = list
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [folder, ...rest] = line.trim().split(/\s+/);
      return rest.map((name) => folder + name);
    });
  return (name) => names.some((each) => (each.endsWith('/') ? name.startsWith(each) : name === each));
}

function* iterSources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && sources.test(path) && !/\.(?:test|d)\.ts$/.test(path)) yield path;
  }
}

/** The names that an import declaration gives to values: `imported` is their name where they come from, undefined for a namespace. */
function valueImports(statement) {
  if (!ts.isImportDeclaration(statement) || statement.importClause === undefined || statement.importClause.isTypeOnly)
    return [];
  const { namedBindings } = statement.importClause;
  if (namedBindings === undefined || !ts.isNamedImports(namedBindings)) return [];
  return namedBindings.elements
    .filter(({ isTypeOnly }) => !isTypeOnly)
    .map(({ name, propertyName }) => ({ name: name.text, imported: (propertyName ?? name).text }));
}

/** Calls `use` for each value that one of `names` stands for, and whether the module is being evaluated then. */
function eachUse(source, names, use) {
  const visit = (node, isEvaluated) => {
    if (ts.isImportDeclaration(node) || isType(node) || (ts.isExportDeclaration(node) && node.moduleSpecifier)) return;
    if (ts.isIdentifier(node) && names.has(node.text) && isReference(node)) use(node.text, node, isEvaluated);
    const isLater = ts.isFunctionLike(node) || (ts.isPropertyDeclaration(node) && !isStatic(node));
    ts.forEachChild(node, (child) => visit(child, isEvaluated && !isLater));
  };
  visit(source, true);
}

function* eachNode(node) {
  yield node;
  for (const child of node.getChildren()) yield* eachNode(child);
}

function isType(node) {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  return ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node);
}

function isStatic(node) {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) === true;
}

/** False for the names of members, which may be those of imports. A declaration of the name would be rewritten: it is refused. */
function isReference(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name !== node;
  if (ts.isExportSpecifier(parent)) return true;
  if (ts.isBindingElement(parent) && parent.propertyName === node) return false;
  const isMember = ts.isPropertyAssignment(parent) || ts.isClassElement(parent);
  if (parent.name !== node || ts.isShorthandPropertyAssignment(parent)) return true;
  if (isMember) return false;
  throw new Error(`${node.getSourceFile().fileName}: ${node.text} hides an import: give it another name`);
}
