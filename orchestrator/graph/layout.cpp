#include "orchestrator/graph/layout.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "orchestrator/graph/text.hpp"

namespace testudo::graph {
namespace {

constexpr int margin = 48;
constexpr int widest_row = 1800;
constexpr int card_gap_x = 16;
constexpr int card_gap_y = 28; // an arrow's head must be seen between two cards
constexpr int zone_gap = 72;   // an arrow between neighbours, with its number
constexpr int band_padding = 46;
constexpr int bare_band = 96; // between rows without a router between them
constexpr int frame_padding = 24;
constexpr int frame_title = 34;
constexpr int badge_step = 22;
constexpr int mono_character = 7; // of an address in a zone's header

struct Row {
    std::vector<std::size_t> zones;
    bool shared = true;
    int height = 0;
};

class Placer {
  public:
    Placer(const Map& map, int top) : map_(map), top_(top) {
        out_.zones.resize(map.zones.size());
        out_.nodes.resize(map.nodes.size());
        cards_.resize(map.zones.size());
    }

    Layout run() {
        for (std::size_t n = 0; n < map_.nodes.size(); ++n) {
            const auto& node = map_.nodes[n];
            out_.nodes[n].w = card_width;
            out_.nodes[n].h = card_height(node);
            if (!node.between() && !node.zones.empty())
                cards_[node.zones.front()].push_back(n);
        }
        make_rows();
        for (auto& row : rows_)
            for (const auto zone : row.zones)
                size_zone(zone, row.zones.size() == 1);
        split_rows();
        assign_routers();
        place();
        link();
        draw_arrows();
        return std::move(out_);
    }

  private:
    static int card_height(const Node& node) {
        int height = 2 * card_padding;
        for (const auto& line : card_of(node))
            height += height_of(line.kind);
        return height;
    }

    void make_rows() {
        std::map<std::pair<bool, int>, Row> by_level; // what is shared first
        for (std::size_t z = 0; z < map_.zones.size(); ++z) {
            const auto& zone = map_.zones[z];
            auto& row = by_level[{!zone.shared, zone.level}];
            row.shared = zone.shared;
            row.zones.push_back(z);
        }
        for (auto& [level, row] : by_level)
            rows_.push_back(std::move(row));
    }

    void size_zone(std::size_t z, bool alone) {
        const auto count = static_cast<int>(cards_[z].size());
        auto columns = count <= 1 ? 1 : count <= 4 ? 2 : count <= 9 ? 3 : count <= 16 ? 4 : 6;
        if (alone)
            columns = std::clamp(count, 1, 7);
        columns_[z] = columns;
        const auto& zone = map_.zones[z];
        int width = 2 * zone_padding + std::max(1, columns) * (card_width + card_gap_x) - card_gap_x;
        for (const auto& address : zone.addresses)
            width = std::max(width, 2 * zone_padding + mono_character * static_cast<int>(address.size()));
        const auto name = width_of(zone.name, 15, true) + 10 + width_of(zone.title, 12);
        out_.zones[z].w = std::max(width, 2 * zone_padding + name);
        int height = zone_header(zone);
        for (std::size_t first = 0; first < cards_[z].size(); first += static_cast<std::size_t>(columns))
            height += row_height(z, first) + card_gap_y;
        out_.zones[z].h = std::max(height + (count == 0 ? zone_padding : zone_padding - card_gap_y), 72);
    }

    int row_height(std::size_t z, std::size_t first) const {
        int height = 0;
        const auto last = std::min(first + static_cast<std::size_t>(columns_.at(z)), cards_[z].size());
        for (auto i = first; i < last; ++i)
            height = std::max(height, out_.nodes[cards_[z][i]].h);
        return height;
    }

    int width_of_row(const std::vector<std::size_t>& zones) const {
        int width = 0;
        for (const auto z : zones)
            width += out_.zones[z].w + (width == 0 ? 0 : zone_gap);
        return width;
    }

    void split_rows() {
        std::vector<Row> out;
        for (const auto& row : rows_) {
            Row part{{}, row.shared, 0};
            for (const auto z : row.zones) {
                auto longer = part.zones;
                longer.push_back(z);
                if (!part.zones.empty() && width_of_row(longer) > widest_row) {
                    out.push_back(part);
                    part.zones = {z};
                } else {
                    part.zones = std::move(longer);
                }
            }
            out.push_back(part);
        }
        rows_ = std::move(out);
        for (std::size_t r = 0; r < rows_.size(); ++r)
            for (const auto z : rows_[r].zones) {
                row_of_[z] = r;
                rows_[r].height = std::max(rows_[r].height, out_.zones[z].h);
            }
    }

    // A router stands above the lowest row that it leads to.
    void assign_routers() {
        bands_.resize(rows_.size() + 1);
        for (std::size_t n = 0; n < map_.nodes.size(); ++n) {
            const auto& node = map_.nodes[n];
            if (!node.between() && !node.zones.empty())
                continue;
            std::size_t band = 1;
            for (const auto zone : node.zones)
                band = std::max(band, row_of_[zone]);
            bands_[std::min(band, rows_.size())].push_back(n);
        }
    }

    int band_height(const std::vector<std::size_t>& routers) const {
        int height = 0;
        for (const auto n : routers)
            height = std::max(height, out_.nodes[n].h + 2 * band_padding);
        return height;
    }

    void place() {
        int inner = 0;
        for (const auto& row : rows_)
            inner = std::max(inner, width_of_row(row.zones));
        for (const auto& band : bands_)
            inner = std::max(inner, static_cast<int>(band.size()) * (card_width + card_gap_x));
        const auto team_rows = std::any_of(rows_.begin(), rows_.end(), [](const Row& row) { return !row.shared; });
        out_.width = std::max(inner + 2 * margin + (team_rows ? 2 * frame_padding : 0), 1000);
        int y = top_;
        for (std::size_t r = 0; r <= rows_.size(); ++r) {
            const bool begins_team = r < rows_.size() && !rows_[r].shared && (r == 0 || rows_[r - 1].shared);
            std::vector<std::size_t> shared;
            std::vector<std::size_t> own;
            for (const auto n : bands_[r])
                (map_.nodes[n].shared && begins_team ? shared : own).push_back(n);
            y = place_band(shared, y);
            if (begins_team) {
                y += r == 0 ? 0 : shared.empty() ? 56 : 0;
                out_.frame.y = y;
                y += frame_title;
            }
            const auto after = place_band(own, y);
            y = after == y && r > 0 && r < rows_.size() && shared.empty() ? y + (begins_team ? 16 : bare_band) : after;
            if (r < rows_.size())
                y = place_row(rows_[r], y);
        }
        if (team_rows) {
            out_.frame.x = margin;
            out_.frame.w = out_.width - 2 * margin;
            y += frame_padding;
            out_.frame.h = y - out_.frame.y;
        }
        out_.height = y;
        for (const auto& band : bands_)
            spread(band);
    }

    int place_row(const Row& row, int y) {
        int x = (out_.width - width_of_row(row.zones)) / 2;
        for (const auto z : row.zones) {
            auto& box = out_.zones[z];
            box.x = x;
            box.y = y;
            box.h = row.height; // one line above, one line below
            place_cards(z);
            x += box.w + zone_gap;
        }
        return y + row.height;
    }

    void place_cards(std::size_t z) {
        const auto& box = out_.zones[z];
        const auto columns = columns_.at(z);
        const auto used = std::min<int>(columns, static_cast<int>(cards_[z].size()));
        const auto left = box.x + (box.w - used * (card_width + card_gap_x) + card_gap_x) / 2;
        int y = box.y + zone_header(map_.zones[z]);
        for (std::size_t i = 0; i < cards_[z].size(); ++i) {
            const auto column = static_cast<int>(i) % columns;
            if (column == 0 && i > 0)
                y += row_height(z, i - static_cast<std::size_t>(columns)) + card_gap_y;
            auto& card = out_.nodes[cards_[z][i]];
            card.x = left + column * (card_width + card_gap_x);
            card.y = y;
        }
    }

    int place_band(const std::vector<std::size_t>& routers, int y) {
        const auto height = band_height(routers);
        for (const auto n : routers)
            out_.nodes[n].y = y + (height - out_.nodes[n].h) / 2;
        return y + height;
    }

    // Routers stand over the middle of what they join, as far as they leave each other room.
    void spread(std::vector<std::size_t> routers) {
        const auto wanted = [this](std::size_t n) {
            const auto& zones = map_.nodes[n].zones;
            if (zones.empty())
                return out_.width / 2;
            int sum = 0;
            for (const auto z : zones)
                sum += out_.zones[z].cx();
            return sum / static_cast<int>(zones.size());
        };
        std::stable_sort(routers.begin(), routers.end(),
                         [&](std::size_t a, std::size_t b) { return wanted(a) < wanted(b); });
        int left = margin;
        for (const auto n : routers) {
            auto& box = out_.nodes[n];
            box.x = std::max(left, wanted(n) - card_width / 2);
            left = box.right() + card_gap_x;
        }
        int right = out_.width - margin;
        for (auto n = routers.rbegin(); n != routers.rend(); ++n) {
            auto& box = out_.nodes[*n];
            box.x = std::min(box.x, right - card_width);
            right = box.x - card_gap_x;
        }
    }

    // --- cables

    void link() {
        for (std::size_t n = 0; n < map_.nodes.size(); ++n) {
            const auto& node = map_.nodes[n];
            const auto& card = out_.nodes[n];
            for (std::size_t i = node.between() ? 0 : 1; i < node.zones.size(); ++i) {
                const auto& zone = out_.zones[node.zones[i]];
                const bool above = zone.bottom() <= card.y;
                const int start = above ? card.y : card.bottom();
                const int end = above ? zone.bottom() : zone.y;
                // Cables leave the router side by side.
                const auto count = static_cast<int>(node.zones.size());
                const int x = card.x + card_width * (static_cast<int>(i) + 1) / (count + 1);
                const int to = std::clamp(x, zone.x + 24, zone.right() - 24);
                const int middle = above ? (start + end) / 2 : start + (end - start) / 3 + static_cast<int>(i) * 3;
                out_.links.push_back({n, {{x, start}, {x, middle}, {to, middle}, {to, end}}});
            }
        }
    }

    // --- arrows

    enum class Side { top, bottom, left, right };
    struct Plug { // where an arrow meets a box
        const Box* box = nullptr;
        const Box* other = nullptr;
        Side side = Side::top;
        bool zone = false;
        Point at;
    };
    struct Draft {
        std::string numbers;
        bool allow = true;
        Plug from;
        Plug to;
        std::vector<Point> lead;
        std::vector<Point> tail;
    };

    const Box& box_of(const End& end, std::size_t router) const {
        switch (end.kind) {
        case End::Kind::zone:
            return out_.zones[end.index];
        case End::Kind::node:
            return out_.nodes[end.index];
        case End::Kind::any:
            break;
        }
        return out_.nodes[router];
    }

    static bool inside(const Box& inner, const Box& outer) {
        return inner.x >= outer.x && inner.right() <= outer.right() && inner.y >= outer.y &&
               inner.bottom() <= outer.bottom();
    }

    // A box of another zone stands between the two.
    bool blocked(const Box& left, const Box& right) const {
        return std::any_of(out_.zones.begin(), out_.zones.end(), [&](const Box& zone) {
            return zone.x >= left.right() && zone.right() <= right.x && zone.y < left.bottom() &&
                   left.y < zone.bottom();
        });
    }

    void choose_sides(Draft& draft) const {
        const auto& a = *draft.from.box;
        const auto& b = *draft.to.box;
        const auto set = [&draft](Side from, Side to) {
            draft.from.side = from;
            draft.to.side = to;
        };
        if (inside(b, a) || inside(a, b))
            set(Side::left, Side::left);
        else if (a.bottom() <= b.y)
            set(Side::bottom, Side::top);
        else if (b.bottom() <= a.y)
            set(Side::top, Side::bottom);
        else if (a.right() <= b.x)
            blocked(a, b) ? set(Side::top, Side::top) : set(Side::right, Side::left);
        else
            blocked(b, a) ? set(Side::top, Side::top) : set(Side::left, Side::right);
    }

    void draw_arrows() {
        std::vector<Draft> drafts;
        std::map<std::pair<std::pair<const Box*, const Box*>, bool>, std::size_t> known;
        for (std::size_t i = 0; i < map_.rules.size(); ++i) {
            const auto& rule = map_.rules[i];
            const auto* from = &box_of(rule.from, rule.router);
            const auto* to = &box_of(rule.to, rule.router);
            if (from == to)
                continue; // any to any: the legend tells it
            const auto [at, fresh] = known.emplace(std::pair(std::pair(from, to), rule.allow), drafts.size());
            if (!fresh) {
                drafts[at->second].numbers += fmt::format(", {}", i + 1);
                continue;
            }
            Draft draft{std::to_string(i + 1), rule.allow, {}, {}, {}, {}};
            draft.from = {from, to, Side::top, rule.from.kind == End::Kind::zone, {}};
            draft.to = {to, from, Side::top, rule.to.kind == End::Kind::zone, {}};
            choose_sides(draft);
            drafts.push_back(std::move(draft));
        }
        std::map<std::pair<const Box*, Side>, std::vector<Plug*>> plugs;
        for (auto& draft : drafts)
            for (auto* plug : {&draft.from, &draft.to})
                plugs[{plug->box, plug->side}].push_back(plug);
        for (auto& [where, all] : plugs)
            line_up(where.second, all);
        std::map<const Box*, int> turns;
        for (auto& draft : drafts) {
            if (in_one_zone(*draft.from.box, *draft.to.box))
                continue;
            draft.lead = go_past(draft.from, turns);
            draft.tail = go_past(draft.to, turns);
            std::reverse(draft.tail.begin(), draft.tail.end());
        }
        for (const auto& draft : drafts)
            out_.arrows.push_back(drawn(draft));
        for (auto& arrow : out_.arrows)
            arrow.badge = free_place(arrow);
    }

    // Gives each plug on one side of a box its place: near the other end, and apart from its neighbours.
    static void line_up(Side side, std::vector<Plug*>& plugs) {
        const bool flat = side == Side::top || side == Side::bottom;
        const auto& box = *plugs.front()->box;
        const int low = flat ? box.x + 20 : box.y + 34;
        const int high = std::max(low, flat ? box.right() - 20 : box.bottom() - 14);
        const auto aim = [flat](const Plug* plug) { return flat ? plug->other->cx() : plug->other->cy(); };
        std::stable_sort(plugs.begin(), plugs.end(), [&](const Plug* a, const Plug* b) { return aim(a) < aim(b); });
        const auto count = static_cast<int>(plugs.size());
        const int step = std::min(24, (high - low) / std::max(1, count));
        // Machines are met in the middle of a side, zones right where the other end is.
        int next = low;
        const int middle = flat ? box.cx() : box.cy();
        for (int i = 0; i < count; ++i) {
            auto* plug = plugs[static_cast<std::size_t>(i)];
            const int rest = high - (count - 1 - i) * step;
            const int wanted = plug->zone ? aim(plug) : middle + (2 * i - count + 1) * step / 2;
            const int at = std::clamp(wanted, std::min(next, rest), rest);
            next = at + step;
            if (flat)
                plug->at = {at, side == Side::top ? box.y : box.bottom()};
            else
                plug->at = {side == Side::left ? box.x : box.right(), at};
        }
    }

    const Box* zone_around(const Box& box) const {
        const auto zone = std::find_if(out_.zones.begin(), out_.zones.end(),
                                       [&box](const Box& one) { return &one != &box && inside(box, one); });
        return zone == out_.zones.end() ? nullptr : &*zone;
    }

    bool in_one_zone(const Box& a, const Box& b) const {
        return inside(a, b) || inside(b, a) || (zone_around(a) && zone_around(a) == zone_around(b));
    }

    // The way from a card to the edge of what stands in its zone, where other cards hide the straight one; an arrow
    // that went behind them would seem to begin or end there. Moves the plug to the end of that way.
    std::vector<Point> go_past(Plug& plug, std::map<const Box*, int>& turns) const {
        const auto* zone = plug.zone ? nullptr : zone_around(*plug.box);
        if (!zone)
            return {};
        const auto& card = *plug.box;
        const bool upright = plug.side == Side::top || plug.side == Side::bottom;
        int top = card.y;
        int bottom = card.bottom();     // of all cards
        int row_bottom = card.bottom(); // of those beside it
        bool hidden = false;
        for (const auto& other : out_.nodes) {
            if (!inside(other, *zone))
                continue;
            const bool above_or_below = other.x < card.right() && card.x < other.right();
            const bool beside = other.y < card.bottom() && card.y < other.bottom();
            top = std::min(top, other.y);
            bottom = std::max(bottom, other.bottom());
            if (beside)
                row_bottom = std::max(row_bottom, other.bottom());
            hidden = hidden || (plug.side == Side::top && above_or_below && other.bottom() <= card.y) ||
                     (plug.side == Side::bottom && above_or_below && other.y >= card.bottom()) ||
                     (plug.side == Side::left && beside && other.right() <= card.x) ||
                     (plug.side == Side::right && beside && other.x >= card.right());
        }
        if (!hidden)
            return {};
        const int apart = 9 * turns[&card]++;
        std::vector<Point> way;
        if (upright) {
            const int x = card.x - card_gap_x / 2;
            const int y = std::min(card.y + 17 + apart, card.bottom() - 6);
            way = {{card.x, y}, {x, y}, {x, plug.side == Side::top ? top : bottom}};
        } else {
            const bool left = plug.side == Side::left;
            const int x = left ? card.x + 24 + apart : card.right() - 24 - apart;
            const int y = row_bottom + zone_padding / 2;
            way = {{x, card.bottom()}, {x, y}, {left ? zone->x : zone->right(), y}};
        }
        plug.at = way.back();
        return way;
    }

    static Point bent(const Plug& plug, int reach) {
        switch (plug.side) {
        case Side::top:
            return {plug.at.x, plug.at.y - reach};
        case Side::bottom:
            return {plug.at.x, plug.at.y + reach};
        case Side::left:
            return {plug.at.x - reach, plug.at.y};
        case Side::right:
            break;
        }
        return {plug.at.x + reach, plug.at.y};
    }

    // How far a box lies below the upper edge of the zone that it stands in.
    int depth(const Box& box) const {
        for (const auto& zone : out_.zones)
            if (inside(box, zone))
                return box.y - zone.y;
        return 0;
    }

    Arrow drawn(const Draft& draft) const {
        const auto dx = std::abs(draft.from.at.x - draft.to.at.x);
        const auto dy = std::abs(draft.from.at.y - draft.to.at.y);
        const bool flat = draft.from.side == Side::left || draft.from.side == Side::right;
        int reach = std::max(24, (flat ? dx : dy) / 2);
        if (draft.from.side == draft.to.side)
            reach = flat ? 30 : 70 + std::max(depth(*draft.from.box), depth(*draft.to.box)); // an arch
        Arrow arrow;
        arrow.numbers = draft.numbers;
        arrow.allow = draft.allow;
        arrow.lead = draft.lead;
        arrow.tail = draft.tail;
        arrow.curve = {draft.from.at, bent(draft.from, reach), bent(draft.to, reach), draft.to.at};
        return arrow;
    }

    static Point on_curve(const std::array<Point, 4>& c, int percent) {
        const std::int64_t t = percent;
        const std::int64_t s = 100 - t;
        const auto at = [&](int Point::*member) {
            const auto sum = s * s * s * (c[0].*member) + 3 * s * s * t * (c[1].*member) +
                             3 * s * t * t * (c[2].*member) + t * t * t * (c[3].*member);
            return static_cast<int>(sum / 1'000'000);
        };
        return {at(&Point::x), at(&Point::y)};
    }

    // A point on the curve, near its middle, where the number covers neither a card nor another number.
    Point free_place(const Arrow& arrow) const {
        const auto covers = [](const Point& p, const Box& box) {
            return p.x > box.x - 14 && p.x < box.right() + 14 && p.y > box.y - 14 && p.y < box.bottom() + 14;
        };
        for (int away = 0; away <= 44; away += 2)
            for (const int percent : {50 - away, 50 + away}) {
                const auto point = on_curve(arrow.curve, percent);
                const bool on_card = std::any_of(out_.nodes.begin(), out_.nodes.end(),
                                                 [&](const Box& card) { return covers(point, card); });
                const bool on_head = std::any_of(out_.zones.begin(), out_.zones.end(), [&](const Box& zone) {
                    return covers(point, Box{zone.x, zone.y, zone.w, 40});
                });
                const bool on_badge = std::any_of(out_.arrows.begin(), out_.arrows.end(), [&](const Arrow& other) {
                    return other.badge.x != 0 && std::abs(other.badge.x - point.x) < badge_step + 6 &&
                           std::abs(other.badge.y - point.y) < badge_step;
                });
                if (!on_card && !on_head && !on_badge)
                    return point;
            }
        return on_curve(arrow.curve, 50);
    }

    const Map& map_;
    int top_;
    Layout out_;
    std::vector<std::vector<std::size_t>> cards_; // by zone
    std::map<std::size_t, int> columns_;
    std::vector<Row> rows_;
    std::map<std::size_t, std::size_t> row_of_;
    std::vector<std::vector<std::size_t>> bands_; // routers above row r; the last one is below all
};

std::string role_text(const std::string& role) {
    if (role == "vantage")
        return "asks the checks";
    if (role == "reference")
        return "reference copy";
    if (role == "red")
        return "red team";
    return role == "router" ? "router" : "";
}

// The letters, or how many there are when they are too many for a card.
std::string badge_of(const std::string& letters) {
    if (width_of(letters, 10, true) <= 80)
        return letters;
    return fmt::format("{} checks", std::count(letters.begin(), letters.end(), ' ') + 1);
}

} // namespace

std::vector<CardLine> card_of(const Node& node) {
    constexpr int inner = card_width - 2 * card_padding;
    constexpr std::size_t most_services = 6;
    constexpr std::size_t most_addresses = 4;
    std::vector<CardLine> lines;
    const int beside = (node.vm ? 30 : 0) + (node.count > 1 ? 40 : 0);
    for (const auto& one : wrapped(node.name, 13, inner - beside, 1))
        lines.push_back({CardLine::Kind::name, one, ""});
    if (const auto role = role_text(node.role); !role.empty())
        lines.push_back({CardLine::Kind::role, role, ""});
    for (const auto& one : wrapped(node.title, 11, inner, 2))
        lines.push_back({CardLine::Kind::title, one, ""});
    const auto addresses = node.addresses.size() <= most_addresses ? node.addresses.size() : most_addresses - 1;
    for (std::size_t i = 0; i < addresses; ++i)
        lines.push_back({CardLine::Kind::address, node.addresses[i], ""});
    if (addresses < node.addresses.size())
        lines.push_back({CardLine::Kind::address, fmt::format("and {} more", node.addresses.size() - addresses), ""});
    for (std::size_t i = 0; i < std::min(node.services.size(), most_services); ++i) {
        const auto& service = node.services[i];
        const auto badge = badge_of(service.checks);
        const int room = inner - 12 - (badge.empty() ? 0 : width_of(badge, 10, true) + 14);
        for (const auto& one : wrapped(service.text, 11, room, 1))
            lines.push_back({CardLine::Kind::service, one, badge});
    }
    if (node.services.size() > most_services)
        lines.push_back(
            {CardLine::Kind::title, fmt::format("and {} more services", node.services.size() - most_services), ""});
    if (!node.checks.empty())
        lines.push_back({CardLine::Kind::checks, node.role == "vantage" ? "asks" : "checked", badge_of(node.checks)});
    return lines;
}

int height_of(CardLine::Kind kind) {
    switch (kind) {
    case CardLine::Kind::name:
        return 18;
    case CardLine::Kind::role:
    case CardLine::Kind::title:
        return 15;
    case CardLine::Kind::address:
        return 14;
    case CardLine::Kind::service:
    case CardLine::Kind::checks:
        break;
    }
    return 22;
}

int zone_header(const Zone& zone) {
    return 34 + 15 * static_cast<int>(zone.addresses.size()) + 10;
}

Layout lay_out(const Map& map, int top) {
    return Placer(map, top).run();
}

} // namespace testudo::graph
