// Where in the pages we are: #/board, #/control, #/team/north; in the past of a live exercise #/replay/board.

export type PageName = 'board' | 'control' | 'team';

export interface Route {
    page?: PageName;
    /** Team that the team page is about. */
    team?: string;
    replay: boolean;
}

export function parse_route(hash: string): Route {
    const parts = hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decodeURIComponent);
    const replay = parts[0] === 'replay';
    if (replay) parts.shift();
    const page = parts[0];
    if (page === 'board' || page === 'control') return { page, replay };
    if (page === 'team') return parts[1] ? { page, team: parts[1], replay } : { page, replay };
    return { replay };
}

export function address(page: PageName, replay: boolean, team?: string): string {
    return `#/${replay ? 'replay/' : ''}${page}${team ? `/${encodeURIComponent(team)}` : ''}`;
}

class Place {
    route = $state.raw<Route>({ replay: false });

    follow(on_token: () => void): void {
        const read = () => {
            if (location.hash.startsWith('#token=')) on_token();
            this.route = parse_route(location.hash);
        };
        addEventListener('hashchange', read);
        read();
    }

    read_again(): void {
        this.route = parse_route(location.hash);
    }
}

export const place = new Place();
