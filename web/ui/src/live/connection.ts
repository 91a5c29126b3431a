import { merge_patch, type Json } from '../model/merge';
import type { View } from '../model/view';

// The live view of one audience over the WebSocket of docs/views.md.
//
//   connecting --snapshot or delta--> live --close, silence--> lost --after a pause--> connecting
//   any --close 4401--> refused (final)
//
// On the way back the last (epoch, seq) is offered, so the server may send only what was missed.

export type LinkState = 'connecting' | 'live' | 'lost' | 'refused';

/** The part of WebSocket that is used here; tests put their own in its place. */
export interface Socket {
    onopen: ((event: Event) => void) | null;
    onmessage: ((event: MessageEvent) => void) | null;
    onclose: ((event: CloseEvent) => void) | null;
    send(text: string): void;
    close(): void;
}

interface Frame {
    type: string;
    epoch?: string;
    seq?: number;
    from?: number;
    view?: View;
    patch?: Json;
    wall_ms?: number;
}

export interface ConnectionEvents {
    on_view(view: View): void;
    on_state(state: LinkState): void;
    on_heartbeat(wall_ms: number): void;
}

const token_refused = 4401;
const silence_limit_ms = 40_000; // heartbeats come every 15 s
const first_pause_ms = 500;
const longest_pause_ms = 8_000;

export class Connection {
    private socket_: Socket | undefined;
    private view_: View | undefined;
    private epoch_ = '';
    private seq_ = -1;
    private pause_ms_ = first_pause_ms;
    private retry_: ReturnType<typeof setTimeout> | undefined;
    private silence_: ReturnType<typeof setTimeout> | undefined;
    private stopped_ = false;

    constructor(
        private readonly open_socket_: () => Socket,
        private readonly token_: string,
        private readonly events_: ConnectionEvents,
    ) {}

    start(): void {
        this.events_.on_state('connecting');
        const socket = this.open_socket_();
        this.socket_ = socket;
        this.watch_silence();
        socket.onopen = () => {
            const subscribe: Record<string, unknown> = { type: 'subscribe', token: this.token_ };
            if (this.view_) Object.assign(subscribe, { epoch: this.epoch_, seq: this.seq_ });
            socket.send(JSON.stringify(subscribe));
        };
        socket.onmessage = (event) => {
            if (this.socket_ === socket) this.receive(JSON.parse(String(event.data)) as Frame);
        };
        socket.onclose = (event) => {
            if (this.socket_ === socket) this.lose(event.code);
        };
    }

    stop(): void {
        this.stopped_ = true;
        clearTimeout(this.retry_);
        this.drop_socket();
    }

    /** Tries at once instead of waiting for the pause to end. */
    retry_now(): void {
        if (this.stopped_ || this.socket_) return;
        clearTimeout(this.retry_);
        this.start();
    }

    private receive(frame: Frame): void {
        this.watch_silence();
        if (frame.type === 'heartbeat') {
            if (frame.wall_ms !== undefined) this.events_.on_heartbeat(frame.wall_ms);
            return;
        }
        if (frame.type === 'snapshot' && frame.view) {
            this.accept(frame.view, frame);
        } else if (frame.type === 'delta' && frame.patch !== undefined) {
            if (!this.view_ || frame.epoch !== this.epoch_ || frame.from !== this.seq_) {
                this.begin_anew();
                return;
            }
            this.accept(merge_patch(this.view_ as unknown as Json, frame.patch) as unknown as View, frame);
        }
    }

    private accept(view: View, frame: Frame): void {
        this.view_ = view;
        this.epoch_ = frame.epoch ?? '';
        this.seq_ = frame.seq ?? view.seq;
        this.pause_ms_ = first_pause_ms;
        this.events_.on_view(view);
        this.events_.on_state('live');
    }

    // A delta for a document that we do not have: ask for the whole.
    private begin_anew(): void {
        this.view_ = undefined;
        this.drop_socket();
        this.start();
    }

    private lose(code: number): void {
        this.drop_socket();
        if (this.stopped_) return;
        if (code === token_refused) {
            this.stopped_ = true;
            this.events_.on_state('refused');
            return;
        }
        this.events_.on_state('lost');
        // Some spread, so that a room full of pages does not come back in one moment.
        const pause = this.pause_ms_ * (0.75 + Math.random() / 2);
        this.pause_ms_ = Math.min(longest_pause_ms, this.pause_ms_ * 2);
        this.retry_ = setTimeout(() => this.start(), pause);
    }

    private watch_silence(): void {
        clearTimeout(this.silence_);
        this.silence_ = setTimeout(() => this.lose(0), silence_limit_ms);
    }

    private drop_socket(): void {
        clearTimeout(this.silence_);
        const socket = this.socket_;
        this.socket_ = undefined;
        if (!socket) return;
        socket.onopen = socket.onmessage = socket.onclose = null;
        socket.close();
    }
}

export function open_live_socket(): Socket {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    return new WebSocket(`${scheme}//${location.host}/api/v1/live`) as Socket;
}
