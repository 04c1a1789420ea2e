const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

const two = (value: number): string => String(value).padStart(2, '0');

/** The elements of Go's layouts (package time), longest first, with what they stand for. */
const ELEMENTS: Readonly<Record<string, (date: Date) => string>> = {
  'Z07:00': (date) => zone(date, ':', 'Z'),
  '-07:00': (date) => zone(date, ':', undefined),
  '-0700': (date) => zone(date, '', undefined),
  January: (date) => MONTHS[date.getMonth()] ?? '',
  Monday: (date) => DAYS[date.getDay()] ?? '',
  '2006': (date) => String(date.getFullYear()),
  Jan: (date) => (MONTHS[date.getMonth()] ?? '').slice(0, 3),
  Mon: (date) => (DAYS[date.getDay()] ?? '').slice(0, 3),
  MST: (date) => /\(([^)]*)\)/.exec(date.toString())?.[1] ?? '',
  '.000': (date) => `.${String(date.getMilliseconds()).padStart(3, '0')}`,
  '01': (date) => two(date.getMonth() + 1),
  '02': (date) => two(date.getDate()),
  '03': (date) => two(date.getHours() % 12 || 12),
  '04': (date) => two(date.getMinutes()),
  '05': (date) => two(date.getSeconds()),
  '06': (date) => two(date.getFullYear() % 100),
  '15': (date) => two(date.getHours()),
  PM: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  pm: (date) => (date.getHours() < 12 ? 'am' : 'pm'),
  _2: (date) => String(date.getDate()).padStart(2, ' '),
  '1': (date) => String(date.getMonth() + 1),
  '2': (date) => String(date.getDate()),
  '3': (date) => String(date.getHours() % 12 || 12),
  '4': (date) => String(date.getMinutes()),
  '5': (date) => String(date.getSeconds()),
};

const PATTERN = new RegExp(
  Object.keys(ELEMENTS)
    .sort((a, b) => b.length - a.length)
    .map((element) => element.replace('.', '\\.'))
    .join('|'),
  'g',
);

/** A time in a layout of Go's package time: `15:04:05`. */
export function formatGoTime(date: Date, layout: string): string {
  return layout.replace(PATTERN, (element) => ELEMENTS[element]?.(date) ?? element);
}

function zone(date: Date, colon: string, utc: string | undefined): string {
  const offset = -date.getTimezoneOffset();
  if (offset === 0 && utc !== undefined) return utc;
  const minutes = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${colon}${two(minutes % 60)}`;
}
