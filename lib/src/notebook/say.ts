import { show } from './display';

/** Shows a computed sentence below the cell, as Markdown. */
export function say(markdown: string): void {
  show({ data: { 'text/markdown': markdown, 'text/plain': markdown } });
}
