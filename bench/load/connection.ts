import { type ConnectionOptions, type TLSSocket, connect } from 'node:tls';

/** An HTTP answer as it came, undecoded but for its ends. */
export interface RawAnswer {
  readonly status: number;
  /** The body, one character a byte. */
  readonly body: string;
}

/** One TLS connection that sends prepared requests and waits for each answer: as little as HTTP/1.1 needs, because the load must cost less than the answer. */
export class Connection {
  readonly socket: TLSSocket;
  #rest: Buffer | undefined;
  #onAnswer: ((answer: RawAnswer) => void) | undefined;
  readonly #onFailure: (error: Error) => void;

  constructor(options: ConnectionOptions, onOpen: () => void, onFailure: (error: Error) => void) {
    this.#onFailure = onFailure;
    this.socket = connect(options, onOpen);
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.socket.on('error', onFailure);
    this.socket.on('close', () => {
      if (this.#onAnswer !== undefined)
        onFailure(new Error('the server closed a connection that waited for an answer'));
    });
  }

  /** Sends one request; nothing else may be sent until it is answered. */
  send(request: Buffer, onAnswer: (answer: RawAnswer) => void): void {
    this.#onAnswer = onAnswer;
    this.socket.write(request);
  }

  close(): void {
    this.#onAnswer = undefined;
    this.socket.end();
  }

  #receive(chunk: Buffer): void {
    const data = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    const text = data.toString('latin1');
    const headEnd = text.indexOf('\r\n\r\n');
    const length = headEnd === -1 ? undefined : /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1];
    if (headEnd !== -1 && length === undefined) {
      this.#onFailure(new Error(`an answer has no Content-Length: ${text.slice(0, headEnd)}`));
      return;
    }
    const end = headEnd + 4 + Number(length);
    if (length === undefined || data.length < end) {
      this.#rest = data;
      return;
    }
    this.#rest = undefined;
    const onAnswer = this.#onAnswer;
    this.#onAnswer = undefined;
    if (data.length > end || onAnswer === undefined) {
      this.#onFailure(new Error('more came than the answer that was asked for'));
      return;
    }
    onAnswer({ status: Number(text.slice(9, 12)), body: text.slice(headEnd + 4) });
  }
}
