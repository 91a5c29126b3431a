#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <utility>

#include "orchestrator/import/building.hpp"
#include "orchestrator/import/msel_columns.hpp"
#include "orchestrator/import/msel_time.hpp"
#include "orchestrator/import/quantities.hpp"
#include "orchestrator/import/readers.hpp"
#include "orchestrator/import/table.hpp"

// A master scenario events list: a row is an inject. No two organisations call the columns alike, so a column is known
// by any of many names.
namespace testudo::import_ {
namespace {

constexpr std::size_t most_teams = 16;

class Msel {
  public:
    Msel(Reading& in, Draft& draft) : in_(in), draft_(draft) {}

    void read(Documents& documents) {
        draft_.format = "a master scenario events list (MSEL)";
        draft_.name = "imported-msel";
        draft_.span = documents.front()->span();
        std::vector<Item*> rows;
        for (auto& table : documents)
            for (auto& row : table->children)
                if (table->is_list())
                    rows.push_back(&row);
        find_texts(rows);
        for (auto* row : rows) {
            find_day_first(*row);
            count_recipients(*row);
        }
        if (recipients_.size() > most_teams)
            in_.changed(code::value, draft_.span,
                        fmt::format("{} recipients are more than an exercise has teams", recipients_.size()),
                        "messages go to all teams; who they were for is a comment");
        for (auto* row : rows)
            read_row(*row);
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
    void find_texts(const std::vector<Item*>& rows) {
        std::map<std::string, int> balance;
        for (auto* row : rows)
            for (auto& cell : row->children)
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

bool has_times_and_texts(const Node& records) {
    bool times = false;
    bool texts = false;
    for (const auto& record : records.items)
        for (const auto& entry : record->entries)
            if (const auto* column = column_of(entry.key)) {
                times |= *column == Column::time || *column == Column::offset || *column == Column::date ||
                         *column == Column::day;
                texts |= *column == Column::subject || *column == Column::body || may_be_either(entry.key);
            }
    return times && texts;
}

void read_msel(Documents& documents, Reading& in, Draft& draft) {
    Msel(in, draft).read(documents);
}

} // namespace testudo::import_
