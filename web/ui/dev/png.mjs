// Makes a screenshot small: at most 256 colours, chosen by how often they occur, written as a palette image.
import { crc32_of } from './crc32.mjs';
import { deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const near = 90; // squared distance of two colours below which one stands for the other

function chunks_of(file) {
    const found = {};
    for (let at = 8; at < file.length; ) {
        const length = file.readUInt32BE(at);
        const type = file.toString('latin1', at + 4, at + 8);
        (found[type] ??= []).push(file.subarray(at + 8, at + 8 + length));
        at += length + 12;
    }
    return found;
}

// The pixels of an 8-bit RGB or RGBA image without interlacing, which is what browsers write, as 0xRRGGBB.
function decode(file) {
    const { IHDR: [head], IDAT } = chunks_of(file);
    const width = head.readUInt32BE(0);
    const height = head.readUInt32BE(4);
    const depth = { 2: 3, 6: 4 }[head[9]];
    if (head[8] !== 8 || !depth || head[12] !== 0) throw new Error('not an 8-bit RGB picture');
    const data = inflateSync(Buffer.concat(IDAT));
    const stride = width * depth;
    const rows = Buffer.alloc(stride * height);
    for (let y = 0; y < height; ++y) {
        const filter = data[y * (stride + 1)];
        for (let x = 0; x < stride; ++x) {
            const left = x >= depth ? rows[y * stride + x - depth] : 0;
            const up = y > 0 ? rows[(y - 1) * stride + x] : 0;
            const corner = x >= depth && y > 0 ? rows[(y - 1) * stride + x - depth] : 0;
            const guess = left + up - corner;
            const paeth = Math.abs(guess - left) <= Math.abs(guess - up) && Math.abs(guess - left) <= Math.abs(guess - corner)
                ? left : Math.abs(guess - up) <= Math.abs(guess - corner) ? up : corner;
            rows[y * stride + x] = data[y * (stride + 1) + 1 + x] + [0, left, up, (left + up) >> 1, paeth][filter];
        }
    }
    const pixels = new Uint32Array(width * height);
    for (let i = 0; i < pixels.length; ++i) pixels[i] = (rows[i * depth] << 16) | (rows[i * depth + 1] << 8) | rows[i * depth + 2];
    return { width, height, pixels };
}

function distance(a, b) {
    return ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;
}

function nearest(palette, colour) {
    let best = 0;
    for (let i = 1; i < palette.length; ++i) if (distance(palette[i], colour) < distance(palette[best], colour)) best = i;
    return best;
}

function chunk(type, body) {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
    const out = Buffer.alloc(8 + body.length + 4);
    out.writeUInt32BE(body.length, 0);
    named.copy(out, 4);
    out.writeUInt32BE(crc32_of(named), 8 + body.length);
    return out;
}

export function shrink(png) {
    const { width, height, pixels } = decode(png);
    const counts = new Map();
    for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
    const palette = [];
    for (const [colour] of [...counts].sort((a, b) => b[1] - a[1])) {
        if (palette.length === 256) break;
        if (palette.every((taken) => distance(taken, colour) > near)) palette.push(colour);
    }
    const index_of = new Map([...counts.keys()].map((colour) => [colour, nearest(palette, colour)]));
    const rows = Buffer.alloc((width + 1) * height);
    for (let y = 0; y < height; ++y)
        for (let x = 0; x < width; ++x) rows[y * (width + 1) + 1 + x] = index_of.get(pixels[y * width + x]);
    const head = Buffer.alloc(13);
    head.writeUInt32BE(width, 0);
    head.writeUInt32BE(height, 4);
    head.set([8, 3, 0, 0, 0], 8);
    return Buffer.concat([
        signature,
        chunk('IHDR', head),
        chunk('PLTE', Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))),
        chunk('IDAT', deflateSync(rows, { level: 9 })),
        chunk('IEND', Buffer.alloc(0)),
    ]);
}
