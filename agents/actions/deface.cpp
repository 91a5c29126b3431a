#include "agents/actions/action_kinds.hpp"
#include "agents/actions/local_file.hpp"

namespace testudo::agents {
namespace {

std::string page(const std::string& path, const std::string& text) {
    if (!path.ends_with(".html") && !path.ends_with(".htm"))
        return text + "\n";
    return "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>" + text +
           "</title></head>\n<body "
           "style=\"background:#000;color:#c00;font-family:monospace;text-align:center\">\n<h1>" +
           text + "</h1>\n</body></html>\n";
}

class Deface final : public Action {
  public:
    void run(const ActionRequest& request, ActionDone done) override {
        const auto path = text_or(request.params, "path");
        const auto text = text_or(request.params, "text");
        if (const auto checked = check_path(path); !checked)
            return done(tl::unexpected(checked.error()));
        if (text.empty() || text.size() > 4096)
            return done(fail("refused.params", "text", "the text has 1 to 4096 bytes"));
        const auto attributes = attributes_of(path);
        const auto old = read_file(path);
        if (!attributes || !old)
            return done(ActionResult{false, "there is no page at " + path, "nothing was changed"});
        std::string kept;
        // A second defacement must not overwrite the good page with the first one.
        if (!attributes_of(path + ".orig")) {
            if (const auto saved = replace_file(path + ".orig", *old, *attributes); !saved)
                return done(ActionResult{false, saved.error().text(), "nothing was changed"});
            kept = "; the old page was kept as " + path + ".orig";
        }
        if (const auto written = replace_file(path, page(path, text), *attributes); !written)
            return done(ActionResult{false, written.error().text(), "nothing was changed"});
        done(ActionResult{true, path + " shows \"" + text + "\"", "replaced the page " + path + kept});
    }

    void inspect(const ActionRequest& request, InspectDone done) override {
        const auto path = text_or(request.params, "path");
        const auto text = text_or(request.params, "text");
        if (const auto checked = check_path(path); !checked)
            return done(tl::unexpected(checked.error()));
        const auto content = read_file(path);
        const bool holds = content && content->find(text) != std::string::npos;
        done(Inspection{holds, path + (holds ? " shows \"" : " does not show \"") + text + "\""});
    }
};

} // namespace

std::unique_ptr<Action> make_deface() {
    return std::make_unique<Deface>();
}

} // namespace testudo::agents
