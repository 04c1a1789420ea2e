/** Names of functions as the linker writes them, and as users do. */

/** `main.scale` of `main.scale[go.shape.float64]`: the name without type arguments, however they nest. */
export function withoutTypeArguments(name: string): string {
  if (!name.includes('[')) return name;
  let out = '';
  let depth = 0;
  for (const char of name) {
    if (char === '[') depth++;
    else if (char === ']' && depth > 0) depth--;
    else if (depth === 0) out += char;
  }
  return out;
}

/**
 * The import path of a function's package: `main`, `net/http`, `example.com/mod/pkg`. The linker writes dots of the last
 * path element as %2e.
 */
export function packageOf(functionName: string): string {
  // Type arguments may hold slashes and dots of their own.
  const bracket = functionName.indexOf('[');
  const plain = bracket < 0 ? functionName : functionName.slice(0, bracket);
  const slash = plain.lastIndexOf('/');
  const dot = plain.indexOf('.', slash + 1);
  return (dot < 0 ? plain : plain.slice(0, dot)).replaceAll('%2e', '.');
}

/** `M` of `main.(*T[...]).M`: the name alone. */
export function bareName(functionName: string): string {
  const plain = withoutTypeArguments(functionName);
  return plain.slice(plain.lastIndexOf('.') + 1);
}

/** `main.T.M` of `main.(*T).M`. */
function withoutPointer(name: string): string {
  return name.replaceAll(/\(\*([^()]*)\)/g, '$1');
}

/**
 * Makes a test for what a user may call a function: its whole name, or what follows a `.` or `/` in it. `(*T).M` may be
 * written `T.M`, type arguments may be left out, and so may the linker's `%2e` for dots of import paths.
 */
export function functionMatcher(wanted: string): (name: string) => boolean {
  const exact = wanted.includes('[');
  const keepsPointer = wanted.includes('(*');
  const plain = (name: string): string => {
    const arguments_ = exact ? name : withoutTypeArguments(name);
    return (keepsPointer ? arguments_ : withoutPointer(arguments_)).replaceAll('%2e', '.');
  };
  const form = plain(wanted);
  // Most names are told off by their last part, which no rewriting touches.
  const [, probe = form] = /([\p{L}\p{Nd}_-]+)(?:\[.*)?$/u.exec(form) ?? [];
  return (name) => {
    if (!name.includes(probe)) return false;
    const candidate = plain(name);
    if (!candidate.endsWith(form)) return false;
    if (candidate.length === form.length) return true;
    const before = candidate.charAt(candidate.length - form.length - 1);
    return before === '.' || before === '/';
  };
}
