// Who waits for what: goroutines in groups by wait reason and place, the largest group first.
//
//   (inquest) source waiting.js          all groups
//   (inquest) source waiting.js select   only those whose wait reason has the word

export default (inquest) => {
  const [word = ''] = inquest.arguments;
  const groups = new Map();
  for (const goroutine of inquest.goroutines({ with: ['user'] })) {
    const { status, userLocation } = goroutine;
    if (!status.includes(word)) continue;
    const place = userLocation === undefined ? '?' : `${userLocation.function} line ${userLocation.line}`;
    const key = `${status} in ${place}`;
    const group = groups.get(key) ?? { key, ids: [] };
    group.ids.push(goroutine.id);
    groups.set(key, group);
  }
  const sorted = [...groups.values()].sort((a, b) => b.ids.length - a.ids.length || a.key.localeCompare(b.key));
  for (const { key, ids } of sorted) {
    const more = ids.length > 5 ? ', …' : '';
    inquest.print(`${String(ids.length).padStart(6)}  ${key}  (${ids.slice(0, 5).join(', ')}${more})`);
  }
  if (sorted.length === 0) inquest.print('no goroutine waits');
};
