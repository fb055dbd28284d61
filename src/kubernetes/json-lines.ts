import type { IncomingMessage } from 'node:http';

/**
 * The JSON values of a body that has one a line, each as it arrives; a line that is cut off by the end is none.
 * @throws SyntaxError for what is no JSON; Error where the connection breaks
 */
export async function* readJsonLines(incoming: IncomingMessage): AsyncGenerator {
  let rest = '';
  incoming.setEncoding('utf8');
  for await (const chunk of incoming as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as unknown;
  }
}
