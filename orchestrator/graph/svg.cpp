#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/core/markup.hpp"
#include "orchestrator/graph/layout.hpp"
#include "orchestrator/graph/map.hpp"
#include "orchestrator/graph/text.hpp"

// A picture for a briefing. Colours are given as attributes, for programs that know no style sheets, and once more as
// style sheet, which also has those of a dark screen. What a colour says, a word or a shape says too.
namespace testudo::graph {
namespace {

constexpr int edge = 48;
constexpr int legend_column = 450;
constexpr int legend_line = 24;
constexpr std::size_t most_owner_lines = 12;
constexpr std::string_view between_teams = " · "; // in the map's text of owners

constexpr std::string_view style = R"(<style>
text { font-family: Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif; }
.mono { font-family: 'DejaVu Sans Mono', Consolas, Menlo, monospace; }
@media (prefers-color-scheme: dark) {
  .page { fill: #0f172a; } .ink { fill: #f1f5f9; } .soft { fill: #b6c2d2; }
  .zone { fill: #1e293b; stroke: #64748b; } .shared { fill: #26263f; stroke: #8b8ecf; }
  .frame { fill: #131f38; stroke: #7c8ba1; } .card { fill: #0b1220; stroke: #8496ad; }
  .router { fill: #0c2a4d; stroke: #60a5fa; } .vantage { fill: #0d2f22; stroke: #4ade80; }
  .reference { fill: #26303f; stroke: #b6c2d2; } .red { fill: #3f1518; stroke: #f87171; }
  .cable { stroke: #8496ad; } .allow { stroke: #60a5fa; } .deny { stroke: #f87171; }
  .allow-fill { fill: #60a5fa; } .deny-fill { fill: #f87171; } .check-fill { fill: #4ade80; }
  .on-fill { fill: #0b1220; } .pill { fill: #26344a; } .label { fill: #f1f5f9; } .on-label { fill: #0f172a; }
  .halo-zone { stroke: #1e293b; } .halo-shared { stroke: #26263f; } .halo-frame { stroke: #131f38; }
}
</style>
)";

struct Colours {
    std::string_view fill;
    std::string_view stroke;
};

Colours colours_of(const std::string& role) {
    if (role == "router")
        return {"#e6f0fe", "#1d4ed8"};
    if (role == "vantage")
        return {"#e7f7ee", "#15803d"};
    if (role == "reference")
        return {"#f1f5f9", "#64748b"};
    if (role == "red")
        return {"#fdecec", "#b91c1c"};
    return {"#ffffff", "#64748b"};
}

std::string class_of(const std::string& role) {
    for (const auto* known : {"router", "vantage", "reference", "red"})
        if (role == known)
            return known;
    return "card";
}

class Drawer {
  public:
    Drawer(const Map& map, const Layout& layout) : map_(map), layout_(layout) {}

    std::string run() {
        const auto height = legend(layout_.height + 40, false) + 56;
        const auto width = layout_.width;
        out_ = fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
            "role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">{2}</title>\n<desc "
            "id=\"desc\">{3}</desc>\n",
            width, height, escaped_markup(map_.title), escaped_markup(described()));
        out_ += style;
        out_ += "<defs>\n" + arrowhead("allow", "#1d4ed8") + arrowhead("deny", "#b91c1c") + "</defs>\n";
        out_ += fmt::format("<rect class=\"page\" width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>\n", width, height);
        label(0);
        label(height - 30);
        text(edge, 72, 26, map_.title, "ink", true);
        text(edge, 98, 14, map_.subtitle, "soft");
        frame();
        zones();
        cables();
        arrows();
        headers();
        for (std::size_t n = 0; n < map_.nodes.size(); ++n)
            card(n);
        badges();
        legend(layout_.height + 40, true);
        return out_ + "</svg>\n";
    }

  private:
    static std::string_view ink_of(std::string_view kind) {
        if (kind == "soft")
            return "#475569";
        if (kind == "on-fill" || kind == "on-label")
            return "#ffffff";
        return "#0f172a";
    }

    void text(int x, int y, int size, std::string_view what, std::string_view kind, bool bold = false,
              std::string_view more = "") {
        out_ += fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\" class=\"{}\" fill=\"{}\"{}{}>{}</text>\n", x, y,
                            size, kind, ink_of(kind.substr(0, kind.find(' '))), bold ? " font-weight=\"700\"" : "",
                            more, escaped_markup(what));
    }

    void rect(const Box& box, int radius, std::string_view kind, const Colours& colours, std::string_view more = "") {
        out_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\" class=\"{}\" fill=\"{}\" "
                            "stroke=\"{}\"{}/>\n",
                            box.x, box.y, box.w, box.h, radius, kind, colours.fill, colours.stroke, more);
    }

    // For those who hear the picture.
    std::string described() const {
        std::string out = map_.subtitle + ". ";
        for (std::size_t z = 0; z < map_.zones.size(); ++z) {
            std::string names;
            for (const auto& node : map_.nodes)
                if (std::find(node.zones.begin(), node.zones.end(), z) != node.zones.end())
                    names += (names.empty() ? "" : ", ") + node.name;
            out += fmt::format("Network {}: {}. ", map_.zones[z].name, names.empty() ? "no machines" : names);
        }
        return out;
    }

    static std::string arrowhead(std::string_view kind, std::string_view colour) {
        return fmt::format("<marker id=\"{0}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" "
                           "markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" class=\"{0}-fill\" "
                           "fill=\"{1}\"/></marker>\n",
                           kind, colour);
    }

    // How confidential the picture is, at its top and bottom, as on every page of a document.
    void label(int y) {
        out_ += fmt::format("<rect class=\"label\" y=\"{}\" width=\"{}\" height=\"30\" fill=\"#0f172a\"/>\n", y,
                            layout_.width);
        text(layout_.width / 2, y + 20, 13, map_.label, "on-label", true,
             " text-anchor=\"middle\" letter-spacing=\"1\"");
    }

    void frame() {
        if (layout_.frame.w == 0)
            return;
        rect(layout_.frame, 14, "frame", {"#f8fafc", "#94a3b8"}, " stroke-width=\"1.5\" stroke-dasharray=\"7 5\"");
    }

    void zones() {
        for (std::size_t z = 0; z < map_.zones.size(); ++z) {
            const bool shared = map_.zones[z].shared;
            const Colours colours = shared ? Colours{"#eeeefb", "#6366b8"} : Colours{"#eef2f7", "#7b8a9e"};
            rect(layout_.zones[z], 10, shared ? "shared" : "zone", colours, " stroke-width=\"1.5\"");
        }
    }

    // Names stand above the arrows that pass below them.
    // As many teams as the frame's line holds; the legend then names them all.
    std::string owners_in_short() const {
        const auto room = layout_.frame.w - 40;
        if (width_of(map_.owners, 14, true) <= room)
            return map_.owners;
        auto end = map_.owners.size();
        for (int left_out = 1; (end = map_.owners.rfind(between_teams, end - 1)) != std::string::npos; ++left_out) {
            const auto line = fmt::format("{}{}and {} more", map_.owners.substr(0, end), between_teams, left_out);
            if (width_of(line, 14, true) <= room)
                return line;
        }
        const auto cut = wrapped(map_.owners, 14, room * 9 / 10, 1); // one long name
        return cut.empty() ? "" : cut.front();
    }

    void headers() {
        if (layout_.frame.w != 0)
            text(layout_.frame.x + 20, layout_.frame.y + 24, 14, owners_in_short(), "ink halo-frame", true,
                 " stroke=\"#f8fafc\" stroke-width=\"5\" paint-order=\"stroke\"");
        for (std::size_t z = 0; z < map_.zones.size(); ++z) {
            const auto& zone = map_.zones[z];
            const auto& box = layout_.zones[z];
            const auto halo = fmt::format(" stroke=\"{}\" stroke-width=\"5\" paint-order=\"stroke\"",
                                          zone.shared ? "#eeeefb" : "#eef2f7");
            const auto* kind = zone.shared ? "ink halo-shared" : "ink halo-zone";
            text(box.x + zone_padding, box.y + 26, 15, zone.name, kind, true, halo);
            if (!zone.title.empty())
                text(box.x + zone_padding + width_of(zone.name, 15, true) + 10, box.y + 26, 12, zone.title,
                     zone.shared ? "soft halo-shared" : "soft halo-zone", false, halo);
            int y = box.y + 44;
            for (const auto& address : zone.addresses) {
                text(box.x + zone_padding, y, 11, address,
                     zone.shared ? "soft mono halo-shared" : "soft mono halo-zone", false, halo);
                y += 15;
            }
        }
    }

    void cables() {
        for (const auto& link : layout_.links) {
            std::string path;
            for (const auto& point : link.points)
                path += fmt::format("{}{} {}", path.empty() ? "M" : "L", point.x, point.y);
            out_ += fmt::format(
                "<path d=\"{}\" class=\"cable\" fill=\"none\" stroke=\"#64748b\" stroke-width=\"3\"/>\n", path);
        }
    }

    void arrows() {
        for (const auto& arrow : layout_.arrows) {
            const auto& c = arrow.curve;
            auto path = fmt::format("M{} {}", c[0].x, c[0].y);
            if (!arrow.lead.empty()) {
                path = fmt::format("M{} {}", arrow.lead.front().x, arrow.lead.front().y);
                for (const auto& point : arrow.lead)
                    path += fmt::format("L{} {}", point.x, point.y);
            }
            path += fmt::format("C{} {} {} {} {} {}", c[1].x, c[1].y, c[2].x, c[2].y, c[3].x, c[3].y);
            for (const auto& point : arrow.tail)
                path += fmt::format("L{} {}", point.x, point.y);
            out_ += fmt::format("<path d=\"{}\" class=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\" "
                                "marker-end=\"url(#{})\"{}/>\n",
                                path, arrow.allow ? "allow" : "deny", arrow.allow ? "#1d4ed8" : "#b91c1c",
                                arrow.allow ? "allow" : "deny", arrow.allow ? "" : " stroke-dasharray=\"6 4\"");
        }
    }

    // A pill with a few words, its right end or its middle at x.
    int pill(int x, int y, std::string_view words, std::string_view kind, std::string_view colour, bool centred) {
        const int width = std::max(20, width_of(words, 10, true) + 12);
        const int left = centred ? x - width / 2 : x - width;
        out_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"18\" rx=\"9\" class=\"{}\" fill=\"{}\"/>\n",
                            left, y - 9, width, kind, colour);
        text(left + width / 2, y + 4, 10, words, "on-fill", true, " text-anchor=\"middle\"");
        return width;
    }

    void badges() {
        for (const auto& arrow : layout_.arrows)
            pill(arrow.badge.x, arrow.badge.y, arrow.allow ? arrow.numbers : "✕ " + arrow.numbers,
                 arrow.allow ? "allow-fill" : "deny-fill", arrow.allow ? "#1d4ed8" : "#b91c1c", true);
    }

    void card(std::size_t index) {
        const auto& node = map_.nodes[index];
        const auto& box = layout_.nodes[index];
        auto what = node.title.empty() ? node.name : fmt::format("{}: {}", node.name, node.title);
        if (node.count > 1)
            what += fmt::format(" ({} machines)", node.count);
        out_ += fmt::format("<g><title>{}</title>\n", escaped_markup(what));
        const auto colours = colours_of(node.role);
        const auto kind = class_of(node.role);
        for (int i = node.count > 1 ? 2 : 0; i > 0; --i) // a stack
            rect({box.x + 4 * i, box.y + 4 * i, box.w, box.h}, 8, kind, colours);
        rect(box, 8, kind, colours,
             node.role == "reference" ? " stroke-width=\"1.5\" stroke-dasharray=\"4 3\"" : " stroke-width=\"1.5\"");
        int y = box.y + card_padding;
        const int left = box.x + card_padding;
        const int right = box.right() - card_padding;
        for (const auto& line : card_of(node)) {
            switch (line.kind) {
            case CardLine::Kind::name:
                text(left, y + 13, 13, line.text, "ink", true);
                marks(node, right, y + 9);
                break;
            case CardLine::Kind::role:
                text(left, y + 11, 10, line.text, "soft", true);
                break;
            case CardLine::Kind::title:
                text(left, y + 11, 11, line.text, "soft");
                break;
            case CardLine::Kind::address:
                text(left, y + 11, 10, line.text, "soft mono");
                break;
            case CardLine::Kind::service:
            case CardLine::Kind::checks:
                rect({left - 2, y + 2, box.w - 2 * card_padding + 4, 19}, 5, "pill", {"#e8edf4", "none"});
                text(left + 4, y + 15, 11, line.text, "ink");
                if (!line.badge.empty())
                    pill(right, y + 11, line.badge, "check-fill", "#15803d", false);
                break;
            }
            y += height_of(line.kind);
        }
        out_ += "</g>\n";
    }

    void marks(const Node& node, int right, int y) {
        if (node.vm)
            right -= pill(right, y, "VM", "label", "#0f172a", false) + 4;
        if (node.count > 1)
            pill(right, y, fmt::format("× {}", node.count), "label", "#0f172a", false);
    }

    struct Entry {
        std::string badge;
        bool check;
        bool allow;
        std::string words;
        std::string small;
    };

    // Draws what numbers and letters mean, or only tells where it ends.
    int legend(int y, bool draw) {
        std::vector<Entry> rules;
        for (std::size_t i = 0; i < map_.rules.size(); ++i) {
            const auto& rule = map_.rules[i];
            rules.push_back({fmt::format("{}{}", rule.allow ? "" : "✕ ", i + 1), false, rule.allow, rule.text(),
                             "at " + map_.nodes[rule.router].name});
        }
        std::vector<Entry> checks;
        for (const auto& check : map_.checks)
            checks.push_back({check.letter, true, true, check.heading(), check.text});
        y = block("What routers let through; everything else they stop", rules, y, draw);
        return teams(block("What is checked", checks, y, draw), draw);
    }

    int teams(int y, bool draw) {
        if (owners_in_short() == map_.owners)
            return y;
        if (draw)
            text(edge, y + 14, 14, "Who takes part", "ink", true);
        y += 38;
        for (const auto& line : wrapped(map_.owners, 12, layout_.width - 2 * edge, most_owner_lines)) {
            if (draw)
                text(edge, y + 4, 12, line, "ink");
            y += legend_line;
        }
        return y + 12;
    }

    int block(std::string_view heading, const std::vector<Entry>& entries, int y, bool draw) {
        if (entries.empty())
            return y;
        const int columns = std::max(1, (layout_.width - 2 * edge) / legend_column);
        const int column = (layout_.width - 2 * edge) / columns;
        const int lines = (static_cast<int>(entries.size()) + columns - 1) / columns;
        if (draw) {
            text(edge, y + 14, 14, heading, "ink", true);
            for (std::size_t i = 0; i < entries.size(); ++i) {
                const int x = edge + static_cast<int>(i) / lines * column;
                entry(entries[i], column, x, y + 38 + static_cast<int>(i) % lines * legend_line);
            }
        }
        return y + 38 + lines * legend_line + 12;
    }

    void entry(const Entry& one, int column, int x, int y) {
        const int beside = x + 44;
        pill(x + 20, y, one.badge,
             one.check   ? "check-fill"
             : one.allow ? "allow-fill"
                         : "deny-fill",
             one.check   ? "#15803d"
             : one.allow ? "#1d4ed8"
                         : "#b91c1c",
             true);
        const auto room = column - 54;
        const auto words = wrapped(one.words, 12, room, 1);
        if (words.empty())
            return;
        out_ += fmt::format("<g><title>{}</title>\n", escaped_markup(one.words + " (" + one.small + ")"));
        text(beside, y + 4, 12, words.front(), "ink");
        const auto used = width_of(words.front(), 12) + 10;
        if (room - used > 60)
            for (const auto& small : wrapped(one.small, 10, room - used, 1))
                text(beside + used, y + 4, 10, small, "soft");
        out_ += "</g>\n";
    }

    const Map& map_;
    const Layout& layout_;
    std::string out_;
};

} // namespace

std::string to_svg(const Map& map) {
    return Drawer(map, lay_out(map, 124)).run();
}

} // namespace testudo::graph
