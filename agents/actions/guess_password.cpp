#include <algorithm>
#include <cctype>

#include "agents/actions/action_kinds.hpp"
#include "agents/actions/local_file.hpp"
#include "agents/actions/target.hpp"

namespace testudo::agents {
namespace {

constexpr std::size_t most_guesses = 20;
// ssh asks this program for the password; the guess itself stays out of every command line.
constexpr const char* askpass = "/run/testudo/askpass";

Result<std::vector<std::string>> passwords_of(const json::object& params) {
    std::vector<std::string> passwords;
    for (const auto& v : array_or_empty(params, "passwords"))
        if (v.is_string())
            passwords.emplace_back(v.get_string());
    if (passwords.empty() || passwords.size() > most_guesses)
        return fail("refused.params", "passwords", "from 1 to 20 passwords");
    for (const auto& password : passwords)
        if (password.find('\0') != std::string::npos || password.find('\n') != std::string::npos)
            return fail("refused.params", "passwords", "a password is one line");
    return passwords;
}

bool is_user_name(const std::string& user) {
    return !user.empty() && user.size() <= 32 && user[0] != '-' &&
           std::all_of(user.begin(), user.end(),
                       [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.'; });
}

// One after another; ends at the first that is accepted.
class Guesses : public std::enable_shared_from_this<Guesses> {
  public:
    Guesses(Commands& commands, std::string user, Address address, std::uint16_t port,
            std::vector<std::string> passwords, ActionDone done)
        : commands_(commands), user_(std::move(user)), address_(std::move(address)), port_(port),
          passwords_(std::move(passwords)), done_(std::move(done)) {}

    void next() {
        if (at_ == passwords_.size())
            return tell(false, "no password was accepted for " + user_);
        Command command;
        command.argv = {"ssh",
                        "-F",
                        "/dev/null",
                        "-o",
                        "StrictHostKeyChecking=no",
                        "-o",
                        "UserKnownHostsFile=/dev/null",
                        "-o",
                        "PreferredAuthentications=password,keyboard-interactive",
                        "-o",
                        "PubkeyAuthentication=no",
                        "-o",
                        "NumberOfPasswordPrompts=1",
                        "-o",
                        "ConnectTimeout=5",
                        "-o",
                        "LogLevel=ERROR",
                        "-p",
                        std::to_string(port_),
                        "-l",
                        user_,
                        address_.to_string(),
                        "true"};
        command.environment = {{"SSH_ASKPASS", askpass},
                               {"SSH_ASKPASS_REQUIRE", "force"},
                               {"DISPLAY", ":0"},
                               {"TESTUDO_GUESS", passwords_[at_]}};
        command.timeout = Millis(15'000);
        commands_.run(std::move(command), [keep = shared_from_this()](const CommandResult& r) { keep->judge(r); });
    }

  private:
    void judge(const CommandResult& result) {
        ++at_;
        if (result.good())
            return tell(true, "the password \"" + passwords_[at_ - 1] + "\" was accepted for " + user_);
        last_ = result.output.substr(0, 120);
        if (result.status == 127)
            return tell(false, "this machine has no SSH client");
        if (result.output.find("Connection refused") != std::string::npos ||
            result.output.find("timed out") != std::string::npos ||
            result.output.find("No route") != std::string::npos || result.timed_out)
            return tell(false, "no SSH server answers");
        next();
    }

    void tell(bool ok, const std::string& evidence) {
        auto detail = "tried " + std::to_string(at_) + " passwords for " + user_ + " at " + address_.to_string() +
                      " over SSH; where one was accepted the command was `true`";
        if (!ok && !last_.empty())
            detail += "; last answer: " + last_;
        done_(ActionResult{ok, evidence, detail});
    }

    Commands& commands_;
    std::string user_;
    Address address_;
    std::uint16_t port_;
    std::vector<std::string> passwords_;
    ActionDone done_;
    std::size_t at_ = 0;
    std::string last_;
};

class GuessPassword final : public Action {
  public:
    explicit GuessPassword(Surroundings& surroundings) : surroundings_(surroundings) {}

    void run(const ActionRequest& request, ActionDone done) override {
        const auto address = target_of(request, surroundings_.reach);
        const auto port = port_of(request, 22);
        const auto user = text_or(request.params, "user");
        const auto passwords = passwords_of(request.params);
        if (!is_user_name(user))
            return done(fail("refused.params", "user", "not the name of a user"));
        if (!address || !port || !passwords)
            return done(tl::unexpected(!address ? address.error() : !port ? port.error() : passwords.error()));
        if (const auto written = replace_file(askpass, "#!/bin/sh\nprintf '%s\\n' \"$TESTUDO_GUESS\"\n", {0700, 0, 0});
            !written)
            return done(ActionResult{false, written.error().text(), "nothing was sent"});
        std::make_shared<Guesses>(surroundings_.commands, user, *address, *port, *passwords, std::move(done))->next();
    }

  private:
    Surroundings& surroundings_;
};

} // namespace

std::unique_ptr<Action> make_guess_password(Surroundings& surroundings) {
    return std::make_unique<GuessPassword>(surroundings);
}

} // namespace testudo::agents
