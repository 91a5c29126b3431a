#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <utility>

#include "orchestrator/import/building.hpp"
#include "orchestrator/import/msel_time.hpp"
#include "orchestrator/import/quantities.hpp"
#include "orchestrator/import/readers.hpp"
#include "orchestrator/import/table.hpp"

// A master scenario events list: a row is an inject. No two organisations call the columns alike, so a column is known
// by any of many names.
namespace testudo::import_ {
namespace {

constexpr std::size_t most_teams = 16;

enum class Column {
    number,
    time,
    offset,
    date,
    day,
    from,
    to,
    subject,
    body,
    expected,
    objective,
    controller,
    method,
    status,
    notes
};

const std::map<std::string, Column>& columns() {
    static const std::map<std::string, Column> all{{"number", Column::number},
                                                   {"no", Column::number},
                                                   {"nr", Column::number},
                                                   {"#", Column::number},
                                                   {"id", Column::number},
                                                   {"serial", Column::number},
                                                   {"ser", Column::number},
                                                   {"inject", Column::number},
                                                   {"inject number", Column::number},
                                                   {"inject no", Column::number},
                                                   {"inject id", Column::number},
                                                   {"inject #", Column::number},
                                                   {"event", Column::number},
                                                   {"event number", Column::number},
                                                   {"event no", Column::number},
                                                   {"event #", Column::number},
                                                   {"event id", Column::number},
                                                   {"msel number", Column::number},
                                                   {"msel #", Column::number},
                                                   {"msel id", Column::number},
                                                   {"serial number", Column::number},
                                                   {"serial no", Column::number},
                                                   {"event/inject #", Column::number},
                                                   {"inject/event #", Column::number},
                                                   {"event/inject number", Column::number},
                                                   {"msel no", Column::number},
                                                   {"row", Column::number},
                                                   {"ref", Column::number},
                                                   {"reference", Column::number},
                                                   {"reference number", Column::number},
                                                   {"sequence", Column::number},
                                                   {"seq", Column::number},
                                                   {"sequence number", Column::number},
                                                   {"num", Column::number},
                                                   {"inj", Column::number},
                                                   {"inj #", Column::number},
                                                   {"inj no", Column::number},
                                                   {"item", Column::number},
                                                   {"injects", Column::number},
                                                   {"events", Column::number},
                                                   {"item number", Column::number},
                                                   {"control number", Column::number},
                                                   {"time", Column::time},
                                                   {"event time", Column::time},
                                                   {"inject time", Column::time},
                                                   {"start time", Column::time},
                                                   {"scheduled time", Column::time},
                                                   {"planned time", Column::time},
                                                   {"exercise time", Column::time},
                                                   {"delivery time", Column::time},
                                                   {"date time", Column::time},
                                                   {"date/time", Column::time},
                                                   {"date & time", Column::time},
                                                   {"date and time", Column::time},
                                                   {"dtg", Column::time},
                                                   {"date time group", Column::time},
                                                   {"when", Column::time},
                                                   {"start", Column::time},
                                                   {"offset", Column::time},
                                                   {"elapsed time", Column::time},
                                                   {"time offset", Column::time},
                                                   {"time of inject", Column::time},
                                                   {"execution time", Column::time},
                                                   {"clock time", Column::time},
                                                   {"real time", Column::time},
                                                   {"time of event", Column::time},
                                                   {"inject time/date", Column::time},
                                                   {"inject date/time", Column::time},
                                                   {"event date/time", Column::time},
                                                   {"date/time group", Column::time},
                                                   {"scheduled date/time", Column::time},
                                                   {"timing", Column::time},
                                                   {"time local", Column::time},
                                                   {"local time", Column::time},
                                                   {"time zulu", Column::time},
                                                   {"zulu time", Column::time},
                                                   {"utc time", Column::time},
                                                   {"time utc", Column::time},
                                                   {"inject timing", Column::time},
                                                   {"scheduled", Column::time},
                                                   {"planned start", Column::time},
                                                   {"estimated time", Column::time},
                                                   {"release time", Column::time},
                                                   {"send time", Column::time},
                                                   {"date", Column::date},
                                                   {"event date", Column::date},
                                                   {"inject date", Column::date},
                                                   {"start date", Column::date},
                                                   {"planned date", Column::date},
                                                   {"scheduled date", Column::date},
                                                   {"execution date", Column::date},
                                                   {"day", Column::day},
                                                   {"exercise day", Column::day},
                                                   {"ex day", Column::day},
                                                   {"day number", Column::day},
                                                   {"day #", Column::day},
                                                   {"day no", Column::day},
                                                   {"from", Column::from},
                                                   {"sender", Column::from},
                                                   {"source", Column::from},
                                                   {"originator", Column::from},
                                                   {"origin", Column::from},
                                                   {"sent from", Column::from},
                                                   {"inject from", Column::from},
                                                   {"simulated sender", Column::from},
                                                   {"role player", Column::from},
                                                   {"from org", Column::from},
                                                   {"from organization", Column::from},
                                                   {"from organisation", Column::from},
                                                   {"from role", Column::from},
                                                   {"from entity", Column::from},
                                                   {"from whom", Column::from},
                                                   {"source organization", Column::from},
                                                   {"sending agency", Column::from},
                                                   {"sending organization", Column::from},
                                                   {"inject source", Column::from},
                                                   {"source of inject", Column::from},
                                                   {"injecting agency", Column::from},
                                                   {"message from", Column::from},
                                                   {"persona", Column::from},
                                                   {"sim sender", Column::from},
                                                   {"originating agency", Column::from},
                                                   {"to", Column::to},
                                                   {"recipient", Column::to},
                                                   {"recipients", Column::to},
                                                   {"receiver", Column::to},
                                                   {"sent to", Column::to},
                                                   {"team", Column::to},
                                                   {"teams", Column::to},
                                                   {"audience", Column::to},
                                                   {"training audience", Column::to},
                                                   {"target", Column::to},
                                                   {"player", Column::to},
                                                   {"players", Column::to},
                                                   {"recipient player", Column::to},
                                                   {"recipient player(s)", Column::to},
                                                   {"addressee", Column::to},
                                                   {"to org", Column::to},
                                                   {"to organization", Column::to},
                                                   {"to organisation", Column::to},
                                                   {"to role", Column::to},
                                                   {"to entity", Column::to},
                                                   {"to whom", Column::to},
                                                   {"injected to", Column::to},
                                                   {"inject to", Column::to},
                                                   {"message to", Column::to},
                                                   {"receiving agency", Column::to},
                                                   {"receiving organization", Column::to},
                                                   {"receiving team", Column::to},
                                                   {"receiver team", Column::to},
                                                   {"recipient organization", Column::to},
                                                   {"recipient agency", Column::to},
                                                   {"target audience", Column::to},
                                                   {"target team", Column::to},
                                                   {"participants", Column::to},
                                                   {"participant", Column::to},
                                                   {"responder", Column::to},
                                                   {"blue team", Column::to},
                                                   {"for", Column::to},
                                                   {"recipient role", Column::to},
                                                   {"players receiving", Column::to},
                                                   {"recipients role", Column::to},
                                                   {"receiving player", Column::to},
                                                   {"sent to players", Column::to},
                                                   {"subject", Column::subject},
                                                   {"title", Column::subject},
                                                   {"headline", Column::subject},
                                                   {"event title", Column::subject},
                                                   {"inject title", Column::subject},
                                                   {"event name", Column::subject},
                                                   {"inject name", Column::subject},
                                                   {"name", Column::subject},
                                                   {"summary", Column::subject},
                                                   {"subject line", Column::subject},
                                                   {"event summary", Column::subject},
                                                   {"short title", Column::subject},
                                                   {"short description", Column::subject},
                                                   {"event/inject title", Column::subject},
                                                   {"inject subject", Column::subject},
                                                   {"synopsis", Column::subject},
                                                   {"description", Column::body},
                                                   {"event description", Column::body},
                                                   {"inject description", Column::body},
                                                   {"message", Column::body},
                                                   {"text", Column::body},
                                                   {"body", Column::body},
                                                   {"content", Column::body},
                                                   {"details", Column::body},
                                                   {"detail", Column::body},
                                                   {"inject text", Column::body},
                                                   {"message text", Column::body},
                                                   {"inject details", Column::body},
                                                   {"inject/event", Column::body},
                                                   {"event/inject", Column::body},
                                                   {"scenario", Column::body},
                                                   {"event details", Column::body},
                                                   {"scenario event", Column::body},
                                                   {"scenario description", Column::body},
                                                   {"inject content", Column::body},
                                                   {"inject message", Column::body},
                                                   {"message content", Column::body},
                                                   {"message body", Column::body},
                                                   {"narrative", Column::body},
                                                   {"event/inject description", Column::body},
                                                   {"inject/event description", Column::body},
                                                   {"inject/event details", Column::body},
                                                   {"key event", Column::body},
                                                   {"event detail", Column::body},
                                                   {"inject detail", Column::body},
                                                   {"inject narrative", Column::body},
                                                   {"situation", Column::body},
                                                   {"exercise event", Column::body},
                                                   {"inject information", Column::body},
                                                   {"information", Column::body},
                                                   {"detailed description", Column::body},
                                                   {"full text", Column::body},
                                                   {"email body", Column::body},
                                                   {"script", Column::body},
                                                   {"expected action", Column::expected},
                                                   {"expected actions", Column::expected},
                                                   {"expected outcome", Column::expected},
                                                   {"expected outcomes", Column::expected},
                                                   {"expected response", Column::expected},
                                                   {"expected result", Column::expected},
                                                   {"expected results", Column::expected},
                                                   {"expected player action", Column::expected},
                                                   {"expected player actions", Column::expected},
                                                   {"expected reaction", Column::expected},
                                                   {"anticipated response", Column::expected},
                                                   {"anticipated action", Column::expected},
                                                   {"expected player response", Column::expected},
                                                   {"player action", Column::expected},
                                                   {"expected outcome of player action", Column::expected},
                                                   {"expected outcomes of player action", Column::expected},
                                                   {"expected player outcome", Column::expected},
                                                   {"expected actions/response", Column::expected},
                                                   {"expected response/action", Column::expected},
                                                   {"expected actions/responses", Column::expected},
                                                   {"anticipated player action", Column::expected},
                                                   {"anticipated player actions", Column::expected},
                                                   {"anticipated actions", Column::expected},
                                                   {"anticipated responses", Column::expected},
                                                   {"desired response", Column::expected},
                                                   {"desired action", Column::expected},
                                                   {"desired actions", Column::expected},
                                                   {"desired outcome", Column::expected},
                                                   {"expected participant action", Column::expected},
                                                   {"expected participant actions", Column::expected},
                                                   {"expected behavior", Column::expected},
                                                   {"expected behaviour", Column::expected},
                                                   {"required action", Column::expected},
                                                   {"required actions", Column::expected},
                                                   {"expected player response/action", Column::expected},
                                                   {"expected response actions", Column::expected},
                                                   {"desired player action", Column::expected},
                                                   {"objective", Column::objective},
                                                   {"objectives", Column::objective},
                                                   {"training objective", Column::objective},
                                                   {"training objectives", Column::objective},
                                                   {"exercise objective", Column::objective},
                                                   {"exercise objectives", Column::objective},
                                                   {"capability", Column::objective},
                                                   {"core capability", Column::objective},
                                                   {"core capabilities", Column::objective},
                                                   {"tlo", Column::objective},
                                                   {"learning objective", Column::objective},
                                                   {"learning objectives", Column::objective},
                                                   {"objective number", Column::objective},
                                                   {"objectives tested", Column::objective},
                                                   {"objective tested", Column::objective},
                                                   {"objective/capability", Column::objective},
                                                   {"capabilities", Column::objective},
                                                   {"evaluation objective", Column::objective},
                                                   {"related objective", Column::objective},
                                                   {"linked objective", Column::objective},
                                                   {"training audience objective", Column::objective},
                                                   {"controller", Column::controller},
                                                   {"responsible", Column::controller},
                                                   {"responsible controller", Column::controller},
                                                   {"responsibility", Column::controller},
                                                   {"owner", Column::controller},
                                                   {"poc", Column::controller},
                                                   {"responsible person", Column::controller},
                                                   {"delivered by", Column::controller},
                                                   {"injected by", Column::controller},
                                                   {"responsible party", Column::controller},
                                                   {"responsible agency", Column::controller},
                                                   {"responsible team", Column::controller},
                                                   {"responsible cell", Column::controller},
                                                   {"inject controller", Column::controller},
                                                   {"facilitator", Column::controller},
                                                   {"exercise controller", Column::controller},
                                                   {"assigned to", Column::controller},
                                                   {"assigned team", Column::controller},
                                                   {"lead", Column::controller},
                                                   {"action officer", Column::controller},
                                                   {"opr", Column::controller},
                                                   {"white cell", Column::controller},
                                                   {"delivered from", Column::controller},
                                                   {"sent by", Column::controller},
                                                   {"injector", Column::controller},
                                                   {"role player/controller", Column::controller},
                                                   {"simcell", Column::controller},
                                                   {"issued by", Column::controller},
                                                   {"method", Column::method},
                                                   {"mode", Column::method},
                                                   {"means", Column::method},
                                                   {"medium", Column::method},
                                                   {"channel", Column::method},
                                                   {"delivery method", Column::method},
                                                   {"inject mode", Column::method},
                                                   {"inject method", Column::method},
                                                   {"method of delivery", Column::method},
                                                   {"means of delivery", Column::method},
                                                   {"delivery", Column::method},
                                                   {"delivery mode", Column::method},
                                                   {"delivery means", Column::method},
                                                   {"mode of delivery", Column::method},
                                                   {"delivery channel", Column::method},
                                                   {"communication method", Column::method},
                                                   {"communications method", Column::method},
                                                   {"comms method", Column::method},
                                                   {"communication channel", Column::method},
                                                   {"inject type", Column::method},
                                                   {"message type", Column::method},
                                                   {"type of inject", Column::method},
                                                   {"means of inject", Column::method},
                                                   {"inject medium", Column::method},
                                                   {"inject means", Column::method},
                                                   {"how", Column::method},
                                                   {"transmission", Column::method},
                                                   {"transmission method", Column::method},
                                                   {"via", Column::method},
                                                   {"delivery type", Column::method},
                                                   {"type", Column::method},
                                                   {"status", Column::status},
                                                   {"inject status", Column::status},
                                                   {"approval", Column::status},
                                                   {"approval status", Column::status},
                                                   {"t+", Column::offset},
                                                   {"t +", Column::offset},
                                                   {"t", Column::offset},
                                                   {"minute", Column::offset},
                                                   {"minutes", Column::offset},
                                                   {"time elapsed", Column::offset},
                                                   {"relative time", Column::offset},
                                                   {"startex+", Column::offset},
                                                   {"startex +", Column::offset},
                                                   {"minutes from startex", Column::offset},
                                                   {"minutes after startex", Column::offset},
                                                   {"notes", Column::notes},
                                                   {"note", Column::notes},
                                                   {"remarks", Column::notes},
                                                   {"remark", Column::notes},
                                                   {"comments", Column::notes},
                                                   {"comment", Column::notes},
                                                   {"controller notes", Column::notes},
                                                   {"evaluator notes", Column::notes},
                                                   {"facilitator notes", Column::notes},
                                                   {"additional information", Column::notes}};
    return all;
}

// "Expected Player Action(s):" is `expected player action`.
std::string plain_heading(const std::string& heading) {
    auto text = lower_case(trimmed(heading));
    if (const auto open = text.find('('); open != std::string::npos && open > 0) {
        const auto close = std::min(text.find(')', open), text.size() - 1);
        text = trimmed(trimmed(text.substr(0, open)) + " " + trimmed(text.substr(close + 1)));
    }
    std::replace(text.begin(), text.end(), '_', ' ');
    std::replace(text.begin(), text.end(), '-', ' ');
    std::string once;
    for (const char c : text)
        if (c != ' ' || !once.ends_with(' '))
            once += c;
    text = trimmed(once);
    while (text.ends_with('.') || text.ends_with(':') || text.ends_with('*'))
        text = trimmed(text.substr(0, text.size() - 1));
    return text;
}

// How a message comes, by the words that are used for its ways; "" for a way that messages do not have.
std::string kind_of(const std::string& method) {
    static const std::map<std::string, std::string> kinds{
        {"mail", "mail"},     {"email", "mail"},     {"letter", "mail"},   {"fax", "mail"},
        {"memo", "mail"},     {"ticket", "mail"},    {"phone", "call"},    {"telephone", "call"},
        {"call", "call"},     {"radio", "call"},     {"voice", "call"},    {"vtc", "call"},
        {"news", "news"},     {"media", "news"},     {"tv", "news"},       {"television", "news"},
        {"press", "news"},    {"newspaper", "news"}, {"twitter", "news"},  {"facebook", "news"},
        {"social", "news"},   {"broadcast", "news"}, {"website", "news"},  {"order", "order"},
        {"opord", "order"},   {"frago", "order"},    {"fragord", "order"}, {"directive", "order"},
        {"tasking", "order"}, {"warno", "order"}};
    std::string word;
    for (const char c : lower_case(method) + " ") {
        if (c >= 'a' && c <= 'z') {
            word += c;
        } else if (c != '-') { // "e-mail"
            if (const auto found = kinds.find(word); found != kinds.end())
                return found->second;
            word.clear();
        }
    }
    return "";
}

// "Inject" may be the heading of the numbers or of the texts.
bool may_be_either(const std::string& heading) {
    static const std::set<std::string> either{"inject", "event", "item", "injects", "events"};
    return either.contains(plain_heading(heading));
}

const Column* column_of(const std::string& heading) {
    auto plain = plain_heading(heading);
    auto found = columns().find(plain);
    if (found == columns().end() && plain.ends_with('#')) // "Objective #"
        found = columns().find(trimmed(plain.substr(0, plain.size() - 1)));
    return found == columns().end() ? nullptr : &found->second;
}

class Msel {
  public:
    Msel(Reading& in, Draft& draft) : in_(in), draft_(draft) {}

    void read(Item& table) {
        draft_.format = "a master scenario events list (MSEL)";
        draft_.name = "imported-msel";
        draft_.span = table.span();
        find_texts(table);
        for (auto& row : table.children) {
            find_day_first(row);
            count_recipients(row);
        }
        if (recipients_.size() > most_teams)
            in_.changed(code::value, draft_.span,
                        fmt::format("{} recipients are more than an exercise has teams", recipients_.size()),
                        "messages go to all teams; who they were for is a comment");
        for (auto& row : table.children)
            read_row(row);
        place_in_time();
        for (const auto& [heading, item] : unknown_)
            in_.changed(code::unknown, item->key_span,
                        fmt::format("the column `{}` is not known to this importer", heading),
                        "its cells are kept as comments");
    }

  private:
    struct Timed {
        std::size_t inject;
        std::optional<Moment> moment;
        Span span;
        std::string text;
    };

    // Which of the columns that may be either hold texts: those whose cells are mostly not like `7`, `INJ-7`, `Event
    // 7`.
    void find_texts(Item& table) {
        std::map<std::string, int> balance;
        for (auto& row : table.children)
            for (auto& cell : row.children)
                if (may_be_either(cell.key))
                    balance[cell.key] += is_number(trimmed(cell.text())) ? -1 : 1;
        for (const auto& [heading, more] : balance)
            if (more > 0)
                texts_.insert(heading);
    }

    static bool is_number(const std::string& text) {
        const bool digits = text.find_first_of("0123456789") != std::string::npos;
        return std::count(text.begin(), text.end(), ' ') <= 1 && (digits || text.size() <= 3);
    }

    const Column* meaning_of(const std::string& heading) const {
        static constexpr auto text = Column::body;
        return texts_.contains(heading) ? &text : column_of(heading);
    }

    void find_day_first(Item& row) {
        for (auto& cell : row.children)
            if (const auto* column = meaning_of(cell.key);
                column && (*column == Column::date || *column == Column::time) && says_day_first(trimmed(cell.text())))
                day_first_ = true;
    }

    void read_row(Item& row) {
        row.fate = Item::Fate::carried;
        std::map<Column, Item*> cells;
        std::vector<Item*> rest;
        for (auto& cell : row.children) {
            cell.fate = Item::Fate::carried;
            const auto* column = meaning_of(cell.key);
            if (column && cells.try_emplace(*column, &cell).second)
                continue;
            rest.push_back(&cell);
        }
        // Of two texts the first says in short what the second says in full.
        const auto second = std::find_if(rest.begin(), rest.end(), [this](Item* cell) {
            const auto* column = meaning_of(cell->key);
            return column && *column == Column::body;
        });
        if (second != rest.end() && !cells.contains(Column::subject)) {
            cells[Column::subject] = std::exchange(cells[Column::body], *second);
            rest.erase(second);
        }
        const auto text = [&cells](Column column) {
            const auto found = cells.find(column);
            return found == cells.end() ? std::string() : trimmed(found->second->text());
        };
        // Rows above the headings, and between the parts of a long list, are comments.
        if (text(Column::subject).empty() && text(Column::body).empty()) {
            std::string all;
            for (const auto& cell : row.children)
                all += (all.empty() ? "" : " | ") + trimmed(cell.text());
            draft_.notes.push_back(all);
            in_.changed(code::lost, row.span(), "this row has no subject and no text, so it is no inject",
                        "it is kept as a comment");
            return;
        }
        add(row, cells, rest, text);
    }

    void count_recipients(Item& row) {
        for (auto& cell : row.children)
            if (const auto* column = meaning_of(cell.key); column && *column == Column::to)
                for (const auto& name : names_in(cell.text()))
                    recipients_.insert(lower_case(name));
    }

    static std::vector<std::string> names_in(std::string text) {
        for (char& c : text)
            if (c == ';' || c == '/' || c == '\n' || c == '&')
                c = ',';
        auto all = split(text, ',');
        std::erase(all, "");
        return all;
    }

    template <class Text>
    void add(Item& row, const std::map<Column, Item*>& cells, const std::vector<Item*>& rest, const Text& text) {
        Inject inject;
        inject.name = text(Column::number);
        if (!lower_case(inject.name).starts_with("inj"))
            inject.name = "inject-" + inject.name;
        inject.derived = true;
        if (text(Column::number).empty())
            inject.name = fmt::format("inject-{}", draft_.injects.size() + 1);
        inject.span = row.span();
        inject.origins.push_back(&row);
        inject.body = text(Column::body);
        inject.subject = text(Column::subject);
        if (inject.subject.empty())
            inject.subject = first_words(inject.body);
        if (inject.body.empty())
            inject.body = inject.subject;
        inject.subject = first_words(inject.subject);
        inject.expected = text(Column::expected);
        inject.kind = kind_of(text(Column::method));
        inject.from = text(Column::from);
        inject.objective = text(Column::objective);
        inject.controller = text(Column::controller);
        static const std::set<std::string> never{"draft", "cancelled", "canceled", "deleted", "rejected", "withdrawn"};
        inject.draft = never.contains(lower_case(text(Column::status)));
        for (const auto& [column, what] : {std::pair(Column::method, "Method"), std::pair(Column::status, "Status"),
                                           std::pair(Column::notes, "Notes")})
            if (!text(column).empty())
                inject.notes.push_back(fmt::format("{}: {}", what, text(column)));
        recipients(cells, inject);
        for (const auto* cell : rest) {
            inject.notes.push_back(fmt::format("{}: {}", cell->key, trimmed(cell->text())));
            unknown_.try_emplace(cell->key, cell);
        }
        if (const auto found = cells.find(Column::method); found != cells.end() && inject.kind.empty())
            in_.changed(code::value, found->second->span(),
                        fmt::format("messages do not come by `{}`", text(Column::method)),
                        "a mail; the way is kept as a comment");
        if (const auto found = cells.find(Column::status); found != cells.end() && told_.insert("status").second)
            in_.changed(code::lost, found->second->key_span,
                        fmt::format("messages have no key for `{}`", found->second->key),
                        "drafts and what was cancelled never fire; its cells are kept as comments");
        moment(row, cells);
        draft_.injects.push_back(std::move(inject));
    }

    static std::string first_words(const std::string& text) {
        const auto line = text.substr(0, text.find('\n'));
        if (line.size() <= 70)
            return line;
        const auto space = line.rfind(' ', 67);
        auto cut = space == std::string::npos || space < 20 ? std::size_t{67} : space;
        while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0U) == 0x80U)
            --cut;
        return line.substr(0, cut) + " ...";
    }

    // Teams are whom messages go to; "all" and the like are everyone.
    void recipients(const std::map<Column, Item*>& cells, Inject& inject) {
        const auto found = cells.find(Column::to);
        if (found == cells.end())
            return;
        static const std::set<std::string> everyone{
            "all",        "all teams",    "all players",       "everyone",       "blue",
            "blue teams", "players",      "training audience", "all blue teams", "all participants",
            "all blue",   "participants", "everybody"};
        if (recipients_.size() > most_teams) {
            inject.notes.push_back("To: " + found->second->text());
            return;
        }
        for (const auto& name : names_in(found->second->text())) {
            if (everyone.contains(lower_case(name))) {
                inject.to.clear();
                return;
            }
            inject.to.push_back(team(name, *found->second));
        }
        std::sort(inject.to.begin(), inject.to.end());
        inject.to.erase(std::unique(inject.to.begin(), inject.to.end()), inject.to.end());
    }

    std::size_t team(const std::string& name, const Item& cell) {
        for (std::size_t i = 0; i < draft_.teams.size(); ++i)
            if (lower_case(draft_.teams[i].name) == lower_case(name))
                return i;
        Team team;
        team.name = name;
        team.span = cell.span();
        team.colour = "blue";
        draft_.teams.push_back(std::move(team));
        return draft_.teams.size() - 1;
    }

    void moment(Item& row, const std::map<Column, Item*>& cells) {
        Timed timed{draft_.injects.size(), std::nullopt, row.span(), ""};
        for (const auto column : {Column::time, Column::offset, Column::date, Column::day}) {
            const auto found = cells.find(column);
            if (found == cells.end())
                continue;
            timed.span = found->second->span();
            timed.text += (timed.text.empty() ? "" : " ") + trimmed(found->second->text());
            auto text = trimmed(found->second->text());
            if (column == Column::day && text.find_first_not_of("0123456789") == std::string::npos)
                text = "day " + text;
            if (column == Column::offset && !text.empty() && text.front() >= '0' && text.front() <= '9')
                text = (lower_case(found->second->key).find("hour") == std::string::npos ? "t+" : "h+") + text;
            const auto one = parse_moment(text, day_first_);
            if (!one) {
                timed.moment.reset();
                break;
            }
            if (!timed.moment)
                timed.moment = one;
            if (one->since_start && !timed.moment->since_start)
                timed.moment->since_start = one->since_start;
            if (one->day && !timed.moment->day)
                timed.moment->day = one->day;
            if (one->clock && !timed.moment->clock)
                timed.moment->clock = one->clock;
        }
        times_.push_back(std::move(timed));
    }

    // The exercise begins with the first inject that has a date or a time of day.
    void place_in_time() {
        constexpr Millis day{86'400'000};
        constexpr Millis half_a_day{43'200'000};
        std::optional<Millis> first;
        std::vector<std::optional<Millis>> absolute;
        std::int64_t last_day = 0;
        Millis last_clock{0};
        bool any_day = false;
        for (const auto& timed : times_)
            any_day |= timed.moment && timed.moment->day;
        for (const auto& timed : times_) {
            absolute.emplace_back();
            if (!timed.moment || timed.moment->since_start || (!timed.moment->day && !timed.moment->clock))
                continue;
            // Times of day alone: when they fall back far, midnight has passed.
            const auto clock = timed.moment->clock.value_or(Millis{0});
            if (timed.moment->day)
                last_day = *timed.moment->day;
            else if (!any_day && clock + half_a_day < last_clock)
                ++last_day;
            last_clock = clock;
            absolute.back() = last_day * day + clock;
            first = std::min(first.value_or(*absolute.back()), *absolute.back());
        }
        for (std::size_t i = 0; i < times_.size(); ++i) {
            auto& inject = draft_.injects[times_[i].inject];
            if (absolute[i])
                inject.at = *absolute[i] - *first;
            else if (times_[i].moment && times_[i].moment->since_start)
                inject.at = times_[i].moment->since_start;
            else
                in_.changed(code::value, times_[i].span,
                            times_[i].text.empty() ? std::string("this row has no time")
                                                   : fmt::format("`{}` is not understood as a time", times_[i].text),
                            "a controller fires it");
            if (!times_[i].text.empty())
                inject.notes.insert(inject.notes.begin(), "Time in the original: " + times_[i].text);
        }
        if (first)
            in_.changed(code::made_up, draft_.span, "the list does not say when the exercise begins",
                        "with its first dated inject, at T+0s");
        std::stable_sort(draft_.injects.begin(), draft_.injects.end(), [](const Inject& a, const Inject& b) {
            return a.at.value_or(Millis::max()) < b.at.value_or(Millis::max());
        });
    }

    Reading& in_;
    Draft& draft_;
    bool day_first_ = false;
    std::vector<Timed> times_;
    std::map<std::string, const Item*> unknown_;
    std::set<std::string> texts_; // headings
    std::set<std::string> told_;
    std::set<std::string> recipients_;
};

} // namespace

bool is_msel_heading(const std::string& heading) {
    return column_of(heading) != nullptr;
}

void read_msel(Documents& documents, Reading& in, Draft& draft) {
    Msel(in, draft).read(*documents.front());
}

} // namespace testudo::import_
