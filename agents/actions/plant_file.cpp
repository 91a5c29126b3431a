#include "agents/actions/action_kinds.hpp"
#include "agents/actions/local_file.hpp"

namespace testudo::agents {
namespace {

class PlantFile final : public Action {
  public:
    void run(const ActionRequest& request, ActionDone done) override {
        const auto path = text_or(request.params, "path");
        const auto content = text_or(request.params, "content");
        if (const auto checked = check_path(path); !checked)
            return done(tl::unexpected(checked.error()));
        if (content.size() > 65536)
            return done(fail("refused.params", "content", "at most 65536 bytes"));
        if (const auto written = replace_file(path, content, {}); !written)
            return done(ActionResult{false, written.error().text(), "nothing was changed"});
        done(ActionResult{true, path + " exists",
                          "wrote " + std::to_string(content.size()) + " bytes to " + path +
                              ", mode 0644, not executable"});
    }

    void inspect(const ActionRequest& request, InspectDone done) override {
        const auto path = text_or(request.params, "path");
        if (const auto checked = check_path(path); !checked)
            return done(tl::unexpected(checked.error()));
        const bool holds = attributes_of(path).has_value();
        done(Inspection{holds, path + (holds ? " exists" : " is gone")});
    }
};

} // namespace

std::unique_ptr<Action> make_plant_file() {
    return std::make_unique<PlantFile>();
}

} // namespace testudo::agents
