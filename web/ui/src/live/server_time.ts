// The server's wall clock as well as we can know it. A heartbeat tells it to the millisecond less the way here; before
// the first one, an HTTP answer tells the second, which is believed only where our own clock is plainly wrong.
export class ServerTime {
    private offset_ms_ = 0;
    private exact_ = false;

    heard_exactly(server_wall_ms: number, here_ms = Date.now()): void {
        this.offset_ms_ = server_wall_ms - here_ms;
        this.exact_ = true;
    }

    heard_roughly(server_wall_ms: number, here_ms = Date.now()): void {
        if (this.exact_ || Number.isNaN(server_wall_ms)) return;
        const offset = server_wall_ms - here_ms;
        if (Math.abs(offset) > 2_000) this.offset_ms_ = offset;
    }

    now(here_ms = Date.now()): number {
        return here_ms + this.offset_ms_;
    }
}
