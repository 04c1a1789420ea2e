/** `example.com/app/store` of `example.com/app/store.(*Pool).Get`; the name itself where it has no package. */
export function packageOfName(name: string): string {
  const generic = name.indexOf('[');
  const plain = generic < 0 ? name : name.slice(0, generic);
  const dot = plain.indexOf('.', plain.lastIndexOf('/') + 1);
  return dot < 0 ? plain : plain.slice(0, dot);
}

/** Whose code it is, for colours: the program's, the runtime's, the standard library's, a dependency's, C. */
export function ownerOfPackage(
  path: string,
  mainPackage: string | undefined,
): 'own' | 'runtime' | 'standard' | 'other' {
  if (path === 'main') return 'own';
  if (path === 'runtime' || /^(?:internal\/)?runtime\//.test(path)) return 'runtime';
  const [domain = ''] = path.split('/');
  if (mainPackage !== undefined && mainPackage.includes('/')) {
    const module = mainPackage
      .split('/')
      .slice(0, domain.includes('.') ? 3 : 1)
      .join('/');
    if (path === module || path.startsWith(`${module}/`)) return 'own';
  }
  return domain.includes('.') ? 'other' : 'standard';
}
