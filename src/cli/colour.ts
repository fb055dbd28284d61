import { styleText } from 'node:util';

/** Whether a stream shows colours: a terminal, and neither NO_COLOR nor its relatives say otherwise (FORCE_COLOR does). */
export function hasColour(stream: NodeJS.WritableStream): boolean {
  return styleText('red', 'x', { stream }) !== 'x';
}
