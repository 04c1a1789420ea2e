import { attempt } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import type { Runner } from '../runner.ts';
import { formatGoTime } from './go-time.ts';

/** The prompt by the settings `prompt` and `prompt-color`, for the place that is selected now. */
export function promptText({ options: { session }, view }: Pick<Runner, 'options' | 'view'>): string {
  const { selection, settings } = session;
  const { goroutine, thread } = selection;
  const number = (value: number | undefined): string => (value === undefined ? '-' : String(value));
  const text = settings.prompt.replace(
    /\$(?:d\{([^}]*)\}|([dfgtp]))/g,
    (whole: string, layout?: string, letter?: string) => {
      if (layout !== undefined) return formatGoTime(new Date(), layout);
      switch (letter) {
        case 'd':
          return formatGoTime(new Date(), '2006-01-02T15:04:05Z07:00');
        case 'f':
          return number(attempt(() => session.selectedFrame));
        case 'g':
          return number(goroutine?.id);
        case 't':
          return number(goroutine?.tid ?? thread?.tid);
        case 'p':
          return number(session.program.target.pid);
        default:
          return whole;
      }
    },
  );
  return view.style.tint('prompt', sanitize(text), (plain) => plain);
}
