import type { Marker, Moments, View } from '../model/view';
import { get } from './api';

// Plays an exercise back: keeps a position in exercise time and the view as it was then, asked from the server at most
// four times a second and one at a time.

export const speeds = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256];

const frame_ms = 50;
const between_requests_ms = 250;
const between_reloads_ms = 15_000;

export class Player {
    position_ms = $state(0);
    playing = $state(false);
    speed = $state(1);
    moments = $state.raw<Moments>({ duration_ms: 0, wall_start_ms: 0, markers: [] });
    view = $state.raw<View>();
    error = $state('');

    private timer_: ReturnType<typeof setInterval> | undefined;
    private reload_timer_: ReturnType<typeof setInterval> | undefined;
    private last_tick_ms_ = 0;
    private last_request_ms_ = 0;
    private asked_ms_ = -1;
    private busy_ = false;
    private closed_ = false;

    /** How far one can go: all of a recording, and of a live exercise what has been. */
    readonly length_ms: number = $derived.by(() => {
        const last = this.moments.markers.at(-1)?.at_ms ?? 0;
        return this.live_ms_?.() ?? Math.max(this.moments.duration_ms, last);
    });

    constructor(private readonly live_ms_?: () => number) {}

    async open(at_ms?: number): Promise<void> {
        await this.reload_moments();
        if (this.closed_) return;
        this.position_ms = this.clamp(at_ms ?? this.position_ms);
        this.last_tick_ms_ = performance.now();
        this.timer_ = setInterval(() => this.tick(), frame_ms);
        if (this.live_ms_) this.reload_timer_ = setInterval(() => void this.reload_moments(), between_reloads_ms);
    }

    close(): void {
        this.closed_ = true;
        this.playing = false;
        clearInterval(this.timer_);
        clearInterval(this.reload_timer_);
    }

    async reload_moments(): Promise<void> {
        try {
            const answer = await get<Moments>('/api/v1/moments');
            answer.body.markers.sort((a, b) => a.at_ms - b.at_ms || a.seq - b.seq);
            this.moments = answer.body;
            this.error = '';
        } catch (error) {
            this.error = (error as Error).message;
        }
    }

    toggle(): void {
        if (!this.playing && this.position_ms >= this.length_ms) this.position_ms = 0;
        this.playing = !this.playing;
    }

    seek(at_ms: number): void {
        this.position_ms = this.clamp(at_ms);
    }

    /** To the next marker, or the one before. */
    step(direction: 1 | -1): void {
        this.playing = false;
        const at = this.neighbour(direction);
        this.position_ms = at ?? (direction > 0 ? this.length_ms : 0);
    }

    faster(direction: 1 | -1): void {
        const index = speeds.indexOf(this.speed) + direction;
        this.speed = speeds[Math.max(0, Math.min(speeds.length - 1, index))] ?? 1;
    }

    /** The marker that the position stands on or has passed last. */
    get passed(): Marker | undefined {
        return this.moments.markers.findLast((marker) => marker.at_ms <= this.position_ms);
    }

    private neighbour(direction: 1 | -1): number | undefined {
        const markers = this.moments.markers;
        return direction > 0
            ? markers.find((marker) => marker.at_ms > this.position_ms)?.at_ms
            : markers.findLast((marker) => marker.at_ms < this.position_ms)?.at_ms;
    }

    private clamp(at_ms: number): number {
        return Math.round(Math.max(0, Math.min(this.length_ms, at_ms)));
    }

    private tick(): void {
        const now = performance.now();
        const elapsed = now - this.last_tick_ms_;
        this.last_tick_ms_ = now;
        if (this.playing) {
            this.position_ms = this.clamp(this.position_ms + elapsed * this.speed);
            if (this.position_ms >= this.length_ms) this.playing = false;
        }
        if (this.position_ms !== this.asked_ms_ && !this.busy_ && now - this.last_request_ms_ >= between_requests_ms) {
            this.last_request_ms_ = now;
            void this.fetch_view(this.position_ms);
        }
    }

    private async fetch_view(at_ms: number): Promise<void> {
        this.busy_ = true;
        this.asked_ms_ = at_ms;
        try {
            const answer = await get<View>(`/api/v1/view?at_ms=${at_ms}`);
            if (!this.closed_) this.view = answer.body;
            this.error = '';
        } catch (error) {
            this.error = (error as Error).message;
            this.playing = false;
        } finally {
            this.busy_ = false;
        }
    }
}
