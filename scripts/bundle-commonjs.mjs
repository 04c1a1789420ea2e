// Makes CommonJS files of the ES modules that esbuild splits the command into: what one start needs together is one file.
import { basename } from 'node:path';
import ts from 'typescript6';

/** Parts that have in their files all that they load at once, but for what the ones before have; others share it as files of its own. */
const WHOLE = ['common', 'values', 'listings', 'findings'];

/**
 * The files by their names: `main.cjs` of what the entry point loads at once, and one for each part, or what parts share. `outputs`
 * are those of esbuild's metafile, `texts` their contents by their paths.
 */
export function asCommonJs(outputs, texts, entry) {
  const paths = Object.keys(outputs);
  const partIn = (path) => /^(?:part:)+(\w+)/.exec(outputs[path].entryPoint ?? '')?.[1];
  const main = paths.find((path) => outputs[path].entryPoint === entry);
  const nameOf = (path) => (path === main ? 'main' : (partIn(path) ?? basename(path, '.js')));
  /** By module the one in whose file it is; in the order in which they need each other. */
  const hosts = new Map();
  const visit = (path, host) => {
    if (hosts.has(path)) return;
    for (const { path: from, kind, external } of outputs[path].imports)
      if (kind === 'import-statement' && external !== true) visit(from, host);
    hosts.set(path, host);
  };
  visit(main, main);
  for (const part of WHOLE) {
    const host = paths.find((path) => partIn(path) === part);
    visit(host, host);
  }
  for (const path of paths) if (!hosts.has(path)) hosts.set(path, path);

  const reachFrom = (user) => (path) => {
    const host = hosts.get(path);
    const file =
      host === main || host === hosts.get(user) ? `${variable(nameOf(host))}$$` : `require("./${nameOf(host)}.cjs")`;
    return path === host ? file : `${file}["${nameOf(path)}"]`;
  };
  const pieceOf = ([path, host]) => {
    const { body, exported } = converted(texts.get(path), outputs, path, reachFrom(path));
    const holder = `${variable(nameOf(host))}$$`;
    if (path === host) return `${body}\nObject.assign(${holder},{${exported}});`;
    return `${holder}["${nameOf(path)}"]=(()=>{${body}\nreturn{${exported}}})();`;
  };
  return new Map(
    [main, ...paths.filter((path) => path !== main && hosts.get(path) === path)].map((host) => {
      const toMain = host === main ? '' : 'const main$$=require("./main.cjs");';
      const pieces = [...hosts].filter((each) => each[1] === host).map(pieceOf);
      return [
        `${nameOf(host)}.cjs`,
        `"use strict";${toMain}const ${variable(nameOf(host))}$$=module.exports={};${pieces.join('\n')}\n`,
      ];
    }),
  );
}

/** A name as a part of a variable's. */
const variable = (name) => name.replaceAll('-', '_');

/** The text of a module with declarations in the place of its imports, and its exports as properties. */
function converted(text, outputs, path, reach) {
  const own = new Map(outputs[path].imports.map((each) => [`./${basename(each.path)}`, each.path]));
  const from = (specifier) =>
    own.has(specifier) ? reach(own.get(specifier)) : `require(${JSON.stringify(specifier)})`;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, false);
  const properties = (elements, separator) =>
    elements
      .map(({ name, propertyName }) => (propertyName ? separator(propertyName.text, name.text) : name.text))
      .join(',');
  let body = '';
  let exported = '';
  let at = 0;
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    body += text.slice(at, statement.pos);
    at = statement.end;
    if (ts.isExportDeclaration(statement))
      exported = properties(statement.exportClause.elements, (inner, outer) => `${outer}:${inner}`);
    else {
      const call = from(statement.moduleSpecifier.text);
      const { name, namedBindings } = statement.importClause ?? {};
      if (name !== undefined) body += `const ${name.text}=${call};`;
      if (namedBindings?.name !== undefined) body += `const ${namedBindings.name.text}=${call};`;
      if (namedBindings?.elements !== undefined)
        body += `const{${properties(namedBindings.elements, (outer, inner) => `${outer}:${inner}`)}}=${call};`;
    }
  }
  body += text.slice(at);
  return { body: body.replaceAll(/\bimport\("(\.\/[^"]+)"\)/g, (_, specifier) => from(specifier)), exported };
}
