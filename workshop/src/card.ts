/** The card below a check: what is wrong first, what holds folded below it. */
import { escapeHtml } from '../../lib/dist/charts/svgImage';
import { show } from '../../lib/dist/notebook/display';
import type { State, Verdict } from './verdict';

/** A sign and a word beside the colour, since not everybody tells the colours apart. */
export const SIGNS: Record<State, string> = { passed: '✓', 'not yet': '✗', 'not begun': '○', error: '!' };

const COLOURS: Record<State, string> = {
  passed: '#009E73',
  'not yet': '#D55E00',
  'not begun': '#7A7A7A',
  error: '#D55E00',
};

/** Shows a verdict, in colours that suit a light and a dark theme. */
export function showCard(title: string, { state, held, says }: Verdict): void {
  const head = `${SIGNS[state]} ${title}: ${state}`;
  const lines = held.map((what) => `✓ ${what}`);
  const summary = `<summary>what holds (${held.length})</summary>`;
  const folded =
    held.length === 0
      ? ''
      : `<details${state === 'passed' ? ' open' : ''}>${summary}${lines.map(escapeHtml).join('<br>')}</details>`;
  show({
    data: {
      'text/html':
        `<div class="check ${state.replace(' ', '-')}" style="border-left:4px solid ${COLOURS[state]};padding:2px 12px;margin:4px 0">` +
        `<b>${escapeHtml(head)}</b>${says ? `<br>${escapeHtml(says)}` : ''}${folded}</div>`,
      'text/plain': [head, ...(says ? [says] : []), ...lines].join('\n'),
    },
  });
}
