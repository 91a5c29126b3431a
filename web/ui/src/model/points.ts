// Points are integer milli-points on the wire.

/** "812.5": one decimal, rounded half away from zero. */
export function points(milli: number): string {
    const tenths = Math.round(Math.abs(milli) / 100);
    const text = `${Math.floor(tenths / 10)}.${tenths % 10}`;
    return milli < 0 && tenths > 0 ? `−${text}` : text;
}

/** "+4.0" or "−12.5" */
export function signed_points(milli: number): string {
    const text = points(milli);
    return milli > 0 && text !== '0.0' ? `+${text}` : text;
}

/** Reads what a person typed as points ("12", "12.5", "12,5"); undefined when it is none. */
export function parse_points(text: string): number | undefined {
    const normal = text.trim().replace(',', '.').replace('−', '-');
    if (!/^-?\d+(\.\d{1,3})?$/.test(normal)) return undefined;
    return Math.round(Number(normal) * 1000);
}
