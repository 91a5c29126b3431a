// Every word of the pages. Another language is another object of the type `Messages`.
import { duration, t_plus } from './model/clock';
import type { Cell, CheckState, ExerciseState, InjectState, Role } from './model/view';

const states: Record<CheckState, string> = {
    ok: 'ok',
    degraded: 'degraded',
    down: 'down',
    faulty: 'faulty',
    unknown: 'unknown',
    held: 'held',
    void: 'void',
    pending: 'pending',
};

const state_help: Record<CheckState, string> = {
    ok: 'answers as it should',
    degraded: 'answers, but slowly or in part',
    down: 'does not answer',
    faulty: 'answers wrongly',
    unknown: 'we could not look; not charged',
    held: 'waits for a ruling; not charged yet',
    void: 'does not count',
    pending: 'not checked yet',
};

const exercise_states: Record<ExerciseState, string> = {
    provisioning: 'being built',
    ready: 'ready',
    running: 'running',
    paused: 'paused',
    ended: 'ended',
};

const inject_states: Record<InjectState, string> = {
    draft: 'draft',
    proposed: 'proposed',
    scheduled: 'scheduled',
    held: 'held',
    fired: 'fired',
    completed: 'completed',
    failed: 'failed',
    skipped: 'skipped',
    expired: 'expired',
};

const effects: Record<string, string> = { holds: 'effect holds', gone: 'effect is gone' };

const outcomes: Record<string, string> = {
    ok: 'done',
    failed: 'failed',
    refused: 'refused by the agent',
    unknown: 'outcome unknown',
};

const report_kinds: Record<string, string> = {
    incident: 'Incident report',
    situation: 'Situation report',
    media: 'Answer to the media',
};

const roles: Record<Role, string> = {
    white: 'White team',
    instructor: 'Instructor',
    team: 'Team',
    public: 'Public board',
};

const en = {
    app: 'Testudo',
    loading: 'Asking the server …',
    no_view_yet: 'Waiting for the first picture of the exercise …',
    skip_to_content: 'Skip to the content',
    close: 'Close',
    cancel: 'Cancel',
    none: 'none',
    all_teams: 'All teams',
    reason: 'Reason',
    reason_hint: 'goes into the log; may be empty',

    pages: { board: 'Board', control: 'Control', team: 'Team', replay: 'Replay', nav: 'Pages' },
    states,
    state_help,
    exercise_states,
    inject_states,
    outcome: (value: string) => outcomes[value] ?? value,
    effect: (value: string) => effects[value] ?? value,
    report_kind: (kind: string) =>
        report_kinds[kind] ?? `Report: ${kind.replace(/[-_]/g, ' ')}`,
    roles,
    signed_in_as: (role: Role, name: string | undefined) =>
        name && ![role, roles[role].toLowerCase()].includes(name.toLowerCase()) ? `${roles[role]}, ${name}` : roles[role],

    errors: {
        unreachable: 'The server did not answer. Nothing was changed.',
        write_unknown:
            'The server did not answer, so it is not known whether this was done. Look at the log before trying again.',
        not_signed_in: 'The server does not know this sign-in.',
        forbidden: 'Your role may not do this.',
        refused: (status: number) => `The server refused this (status ${status}) and gave no reason.`,
    },

    sign_in: {
        title: 'Sign in',
        text: 'Open the sign-in link that your exercise control gave you, or paste it here.',
        field: 'Sign-in link or token',
        button: 'Sign in',
        refused: 'This sign-in is not valid, or no longer. Ask your exercise control for a new link.',
        not_a_token: 'This is neither a sign-in link nor a token. A link ends in #token= and a row of letters and digits.',
        again: 'Try again',
    },

    link: {
        live: 'Live',
        connecting: 'Connecting …',
        lost: 'Connection lost: what you see may be old. Trying again.',
        lost_short: 'Connection lost',
        refused: 'Sign-in refused',
        retry: 'Try now',
    },

    header: {
        clock: 'Exercise clock',
        replay_clock: 'Moment on show',
        theme: 'Change between dark and light',
        help: 'Keys and signs',
        sign_out: 'Sign out',
        of: (total: string) => `of ${total}`,
    },

    banner: 'Label of this exercise',
    filter: 'Filter',
    filter_hint: 'team, machine, inject',

    board: {
        title: 'Board',
        rank: 'Rank',
        team: 'Team',
        score: 'Score',
        trend: 'Trend',
        change: 'Last change',
        explain: (team: string) => `Explain the score of ${team}`,
        history: 'Score of all teams over exercise time',
        history_short: 'Score over time',
        no_history: 'Scores appear here after the start.',
        hint: 'Point at a cell, or walk with the arrow keys, to read what it says.',
        no_teams: 'No team to show.',
        no_match: 'No team matches the filter.',
        signs: 'Signs',
        cell: (team: string, service: string, cell: Cell, now_ms: number) => {
            if (cell.state === 'pending') return `${service} of ${team} has not been checked yet.`;
            const since = cell.since_ms === undefined ? '' : ` since ${t_plus(cell.since_ms)}`;
            const ago = cell.since_ms === undefined ? '' : ` (${duration(now_ms - cell.since_ms)})`;
            const reason = cell.reason ? `: ${cell.reason}` : '';
            const end = /[.!?]$/.test(reason) ? '' : '.';
            const word = cell.state === 'void' ? 'does not count' : `is ${states[cell.state]}`;
            return `${service} of ${team} ${word}${since}${ago}${reason}${end}`;
        },
        change_text: (service: string, state: CheckState, ago: string) => `${service} ${states[state]} · ${ago}`,
    },

    control: {
        title: 'Control',
        readonly: 'You see everything here and change nothing.',
        start: 'Start',
        pause: 'Pause',
        resume: 'Resume',
        end: 'End',
        archive: 'Archive',
        archive_hint: 'Download the complete record of this exercise',
        archive_asked: 'The archive is being made …',
        archive_done: 'The archive was saved.',
        phases: 'Phases',
        phase_now: 'now',
        startex: 'STARTEX',
        endex: 'ENDEX',
        before_start: 'Before the start',
        standings: 'Standings',
        start_title: 'Start the exercise?',
        start_text: 'Exercise time begins to run, checks count and injects fire by their times.',
        pause_title: 'Pause the exercise?',
        pause_text:
            'Exercise time stops. Nothing is scored and no inject fires until you resume. Actions that already run go on to their end.',
        resume_title: 'Resume the exercise?',
        resume_text: 'Exercise time runs on from where it stopped.',
        end_title: 'End the exercise?',
        end_text: 'Nothing is scored after this and no inject fires any more. An exercise that has ended cannot be started again.',
        end_name: (id: string) => `Type ${id} to confirm`,
        asked: { start: 'Starting …', pause: 'Pausing …', resume: 'Resuming …', end: 'Ending …' },
        done: {
            start: 'The exercise runs.',
            pause: 'The exercise is paused.',
            resume: 'The exercise runs again.',
            end: 'The exercise has ended.',
        },
    },

    timeline: {
        title: 'Timeline',
        inject: 'Inject',
        when: 'When',
        state: 'State',
        acts: 'Acts',
        chart: 'Time',
        now: 'now',
        message: 'message',
        action: 'action',
        empty: 'This exercise has no injects.',
        no_match: 'No inject matches the filter.',
        fire: 'Fire',
        hold: 'Hold',
        release: 'Release',
        skip: 'Skip',
        details: (title: string) => `Teams of “${title}”`,
        marker: (title: string, state: string, when: string) => `${title}: ${state}, ${when}`,
        teams_of: (count: number) => (count === 1 ? '1 team' : `${count} teams`),
        not_yet: 'has not fired',
        fired_at: (at: string) => `fired at ${at}`,
        act_title: {
            fire: (title: string) => `Fire “${title}” now?`,
            hold: (title: string) => `Hold “${title}”?`,
            release: (title: string) => `Release “${title}”?`,
            skip: (title: string) => `Skip “${title}”?`,
        },
        act_text: {
            fire: {
                action: 'The action runs at once on the machines of the chosen teams and cannot be taken back.',
                message: 'The message is delivered at once to the chosen teams and cannot be taken back.',
            },
            hold: 'It does not fire when its time comes, until you release it.',
            release: 'It fires at its time again; if its time has passed, at once.',
            skip: 'It never fires, nor does what waits for its completion. This cannot be taken back.',
        },
        whom: 'For',
        asked: {
            fire: (title: string) => `Firing “${title}” …`,
            hold: (title: string) => `Holding “${title}” …`,
            release: (title: string) => `Releasing “${title}” …`,
            skip: (title: string) => `Skipping “${title}” …`,
        },
        done: {
            fire: (title: string, whom: string) => `“${title}” was fired for ${whom}.`,
            hold: (title: string, whom: string) => `“${title}” is held for ${whom}.`,
            release: (title: string, whom: string) => `“${title}” is released for ${whom}.`,
            skip: (title: string, whom: string) => `“${title}” is skipped for ${whom}.`,
        },
        all: 'all teams',
    },

    next: {
        title: 'Next injects',
        empty: 'Nothing more is scheduled.',
        due_in: (text: string) => `in ${text}`,
        due_now: 'due',
    },

    needs: {
        title: 'Needs you',
        empty: 'Nothing waits for you.',
        grade: (kind: string, team: string) => `${kind} of ${team} waits for a grade.`,
        grade_button: 'Grade',
        regrade_button: 'Grade again',
        read_button: 'Read',
        held_check: (service: string, team: string) => `${service} of ${team} is held for a ruling.`,
        rule_button: 'Rule',
        held_inject: (title: string) => `“${title}” is held past its time.`,
        failed_inject: (title: string, team: string) => `“${title}” failed for ${team}.`,
        lost_machine: (machine: string) => `The machine ${machine} is lost.`,
        show: 'Show',
        graded: 'Graded reports',
        graded_line: (kind: string, team: string, got: string, max: string) => `${kind} of ${team}: ${got} of ${max}.`,
    },

    wrong: {
        title: 'Wrong now',
        empty: 'Every service of every team is well.',
        before: 'Services are judged after the start.',
        more: (count: number) => `… and ${count} more: see the board.`,
    },

    users: {
        title: 'Users',
        served: (milli: number, asked: number) =>
            asked === 0 ? 'nothing asked yet' : `got ${(milli / 10).toFixed(1)} % of what they asked for`,
    },

    machines: {
        title: 'Machines',
        name: 'Machine',
        shared: 'Shared',
        ready_of: (ready: number, all: number) => `${ready} of ${all} ready`,
        empty: 'No machine to show.',
        no_match: 'No machine matches the filter.',
        addresses: 'Addresses',
        services: 'Services',
        login: 'Login',
        user: 'User',
        password: 'Password',
        show_password: 'Show the password',
        hide_password: 'Hide the password',
        copy: 'Copy',
        copied: 'Copied.',
        not_copied: 'The browser did not allow copying. Show the password and copy it by hand.',
        console: 'Console',
        console_hint: 'Attaches a terminal of the range host to the login console of a machine',
        kind: 'Kind',
        role: 'Role',
        state: 'State',
        kinds: { container: 'container', vm: 'virtual machine' } as Record<string, string>,
        states: {
            planned: 'planned',
            starting: 'starting',
            booting: 'booting',
            ready: 'ready',
            lost: 'lost',
            gone: 'gone',
        } as Record<string, string>,
    },

    log: {
        title: 'Log',
        filter: 'Filter the log',
        empty: 'Nothing has happened yet.',
        no_match: 'No line matches the filter.',
        follows: 'newest first',
    },

    why: {
        title: (team: string) => `The score of ${team}`,
        total: (text: string) => `${text} points in all`,
        category: 'Category',
        what: 'What',
        points: 'Points',
        when: 'When',
        events: 'Events',
        weight: (text: string) => `${text} points at most`,
        share: (text: string, max: string) => `${text} of ${max}`,
        empty: 'Nothing has been scored yet.',
        as_of_end: 'The entries are as of the newest moment; the totals are those of the moment on show.',
        show_event: (seq: number) => `Show event ${seq}`,
        no_event: 'This event is not in the log.',
        more_events: (count: number) => `and ${count} more`,
        adjust: 'Adjust the score',
        adjust_points: 'Points to add (or, with a minus, to take)',
        adjust_category: 'In category',
        adjust_reason: 'Reason (the team reads it)',
        adjust_button: 'Adjust',
        adjust_asked: 'Adjusting …',
        adjust_done: 'The score was adjusted.',
        adjust_wrong: 'Give points as a number such as 5 or −2.5, and a reason.',
    },

    grading: {
        title: (kind: string, team: string) => `${kind} of ${team}`,
        filed: (author: string, at: string) => `Filed by ${author} at ${at}`,
        answers: (subject: string) => `Answers “${subject}”`,
        rubric: 'Rubric',
        of: (max: string) => `of ${max}`,
        whole: 'Whole report',
        total: (got: string, max: string) => `${got} of ${max} points`,
        comment: 'Comment (the team reads it)',
        button: 'Give this grade',
        asked: 'Grading …',
        done: 'The grade was given.',
        wrong: (title: string, max: string) => `“${title}” takes a number from 0 to ${max}.`,
        by: (name: string) => `Graded by ${name}`,
        no_rubric: 'No points hang on this report; a comment can be given all the same.',
    },

    ruling: {
        title: (service: string, team: string) => `Rule on ${service} of ${team}`,
        text: 'Too many failed at once, or the reference copy failed, so it is not known whose fault it was. Void: nobody is charged. Charge: the teams are charged from the first failure.',
        check: 'Check',
        no_check: 'No check of this service is to be found in the log.',
        from: 'From (minutes of exercise time)',
        to: 'To',
        void_button: 'Void',
        charge_button: 'Charge',
        asked: 'Ruling …',
        done: 'The ruling was made.',
        wrong: 'Give a reason and a span of time that begins before it ends.',
    },

    team: {
        choose: 'As seen by',
        inbox: 'Inbox',
        inbox_empty: 'No message yet.',
        no_message: 'Choose a message to read it.',
        from: 'From',
        channels: { news: 'News', call: 'Call', order: 'Order' },
        received: 'Received',
        during_pause: 'during a pause',
        answer_by: (at: string) => `answer by ${at}`,
        due: (kind: string, at: string) => `${kind} due by ${at}`,
        overdue: 'overdue',
        answered: 'answered',
        left: (text: string) => `${text} left`,
        worth: (text: string) => `worth ${text} points`,
        new_report: 'New report',
        report_title: 'Report',
        report_kind: 'Kind',
        report_text: 'Text',
        report_hint: 'What happened, since when, what it touches, what you did, what you need.',
        report_answers: (subject: string) => `Answers “${subject}”`,
        report_button: 'File the report',
        report_asked: 'Filing …',
        report_done: 'The report was filed.',
        report_empty: 'Write the report first.',
        report_readonly: 'Only the team files reports.',
        reports: 'Reports filed',
        reports_empty: 'No report filed yet.',
        waits_for_grade: 'waits for its grade',
        services: 'Services',
        services_empty: 'No service to show.',
        machines: 'Machines',
        score: 'Score',
        score_of: (rank: number, teams: number) => `rank ${rank} of ${teams}`,
        explain: 'Explain in full',
        since: (text: string) => `for ${text}`,
    },

    replay: {
        title: 'Replay',
        bar: 'Time bar',
        play: 'Play',
        stop: 'Stop',
        previous: 'To the moment before',
        next: 'To the next moment',
        first: 'To the start',
        last: 'To the end',
        speed: 'Speed',
        slider: 'Moment of the exercise',
        lanes: 'Moments per team: a click goes there',
        everyone: 'All',
        back_to_live: 'Back to live',
        asking: 'Asking the server for this moment …',
        recorded: 'Recording',
    },

    help: {
        title: 'Keys and signs',
        keys_on: 'Single keys do something on these pages',
        anywhere: 'Everywhere',
        signs: 'Signs of a service',
        lines: 'Lines and numbers',
        clock_text:
            'The large clock is exercise time since STARTEX; it stands still while the exercise is paused. Beside it stand UTC and the date-time group.',
        keys: {
            help: 'show this',
            filter: 'filter by team, machine or inject',
            page: (name: string) => `go to ${name}`,
            theme: 'dark or light',
            matrix: 'walk through the cells of the board',
            why: 'explain the score of the first team, or of the one in focus',
            start: 'start the exercise',
            pause: 'pause or resume the exercise',
            end: 'end the exercise',
            row: 'walk through the timeline',
            fire: 'fire the inject in focus',
            hold: 'hold it',
            release: 'release it',
            skip: 'skip it',
            open: 'show its teams',
            grade: 'grade the oldest report that waits',
            message_down: 'next message',
            message_up: 'message before',
            report: 'write a report',
            play: 'play or stop',
            step_back: 'to the moment before',
            step_on: 'to the next moment',
            slower: 'slower',
            faster: 'faster',
        },
    },

    announce: {
        state: (state: ExerciseState) => `The exercise is ${exercise_states[state]}.`,
        trouble: (count: number) =>
            count === 0 ? 'All services are well.' : count === 1 ? 'One service is in trouble.' : `${count} services are in trouble.`,
        message: (subject: string) => `New message: ${subject}`,
        link_lost: 'The connection to the server is lost.',
        link_back: 'The connection to the server is back.',
    },
};

export type Messages = typeof en;
export const m: Messages = en;
