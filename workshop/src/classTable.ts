import { type Exercises, notebookOf } from './exercise';
import type { Progress, Seat } from './progress';

/** A line for each seat: a sign for each exercise, by notebook, and how many have passed each exercise. */
export function classTable(seats: Seat[], exercises: Exercises): string {
  if (seats.length === 0) return 'Nobody has sat down yet: everybody runs sit(NUMBER) in W0.';
  const ids = Object.keys(exercises);
  const notebooks = [...new Set(ids.map(notebookOf))];
  const of = (notebook: string) => ids.filter((id) => notebookOf(id) === notebook);
  const line = (head: string, cell: (id: string) => string) =>
    [head.padStart(6), ...notebooks.map((notebook) => of(notebook).map(cell).join(' '))].join('  ');
  const passed = (id: string) => seats.filter(({ progress }) => progress[id]?.passed).length;
  return [
    ['seat'.padStart(6), ...notebooks.map((notebook) => notebook.padEnd(2 * of(notebook).length - 1))].join('  '),
    line('', (id) => id.split('.')[1]),
    ...seats.map(({ seat, progress, broken }) => line(String(seat), (id) => (broken ? '?' : signOf(progress[id])))),
    line('all', (id) => (passed(id) === seats.length ? '✓' : passed(id) >= (2 * seats.length) / 3 ? '+' : '·')),
    '',
    '✓ passed, a digit: tries so far (9 is 9 or more), h: a hint and no try, · not begun, ? cannot be read; last line: ✓ all, + two thirds',
  ].join('\n');
}

function signOf(record: Progress[string] | undefined): string {
  if (record?.passed) return '✓';
  if (record?.attempts) return String(Math.min(record.attempts, 9));
  return record?.hints ? 'h' : '·';
}
