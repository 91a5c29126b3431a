#include <algorithm>

#include "agents/probes/md5.hpp"
#include "agents/probes/probe_kinds.hpp"
#include "agents/probes/scram.hpp"
#include "orchestrator/core/digest.hpp"

// PostgreSQL's protocol 3: messages of a type (one byte), a length that counts itself (four bytes) and a body.
namespace testudo::agents {
namespace {

namespace asio = boost::asio;

constexpr std::size_t longest_message = 64 * 1024;

std::string u32(std::size_t value) {
    return {static_cast<char>(value >> 24 & 0xff), static_cast<char>(value >> 16 & 0xff),
            static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}

std::size_t read_u32(std::string_view bytes) {
    std::size_t value = 0;
    for (const char c : bytes.substr(0, 4))
        value = value << 8 | static_cast<unsigned char>(c);
    return value;
}

std::string message(char type, const std::string& body) {
    return type + u32(body.size() + 4) + body;
}

std::string zero_ended(const std::string& text) {
    return text + '\0';
}

class PostgresqlProbe final : public Conversation {
  public:
    PostgresqlProbe(asio::io_context& io, ProbeRequest request, ProbeDone done)
        : Conversation(io, std::move(request), std::move(done), longest_message + 5),
          user_(text_or(request_.params, "user")), password_(text_or(request_.params, "password")),
          scram_(password_, random_hex(12)) {}

  private:
    void opened() override {
        const auto body = u32(3 << 16) + zero_ended("user") + zero_ended(user_) + zero_ended("database") +
                          zero_ended(text_or(request_.params, "database", user_)) + '\0';
        send(u32(body.size() + 4) + body);
    }

    void received() override {
        while (!finished() && buffer().size() >= 5) {
            const auto length = read_u32(std::string_view(buffer()).substr(1));
            if (length < 4 || length > longest_message)
                return finish(ProbeOutcome::wrong, "not a PostgreSQL answer");
            if (buffer().size() < length + 1)
                return;
            const char type = buffer()[0];
            const auto body = buffer().substr(5, length - 4);
            buffer().erase(0, length + 1);
            take(type, body);
        }
    }

    void take(char type, const std::string& body) {
        switch (type) {
        case 'R':
            return authenticate(body);
        case 'E':
            return finish(ProbeOutcome::fail, error_text(body));
        case 'Z': // ready for the next query
            if (asked_)
                return judge();
            asked_ = true;
            return send(message('Q', zero_ended(text_or(request_.params, "query", "SELECT 1"))));
        case 'D':
            return take_row(body);
        default: // parameters, notices and the like
            return;
        }
    }

    void authenticate(const std::string& body) {
        const auto rest = std::string_view(body).substr(std::min<std::size_t>(4, body.size()));
        switch (read_u32(body)) {
        case 0:
            return;
        case 3:
            return send(message('p', zero_ended(password_)));
        case 5:
            return send(
                message('p', zero_ended("md5" + md5_hex(md5_hex(password_ + user_) + std::string(rest.substr(0, 4))))));
        case 10: {
            const auto first = scram_.first();
            return send(message('p', zero_ended("SCRAM-SHA-256") + u32(first.size()) + first));
        }
        case 11:
            if (const auto last = scram_.last(rest))
                return send(message('p', *last));
            return finish(ProbeOutcome::wrong, "the server's sign-in makes no sense");
        case 12: // the server's own proof; whether it is the right server is shown by what it answers
            return;
        default:
            return finish(ProbeOutcome::fail, "the server asks for a sign-in that this probe does not know");
        }
    }

    void take_row(std::string_view body) {
        if (has_row_)
            return;
        has_row_ = true;
        if (body.size() < 6)
            return;
        const auto size = read_u32(body.substr(2));
        if (size <= body.size() - 6) // a NULL has the length -1
            first_value_ = body.substr(6, size);
    }

    void judge() {
        const auto* expected = request_.params.if_contains("expect");
        if (!expected)
            return pass();
        const auto wanted = expected->is_string() ? std::string(expected->get_string()) : json::serialize(*expected);
        if (first_value_ == wanted)
            pass();
        else
            finish(ProbeOutcome::wrong, has_row_
                                            ? "\"" + first_value_.substr(0, 80) + "\" instead of \"" + wanted + "\""
                                            : "the query gives no row");
    }

    static std::string error_text(std::string_view body) {
        // Fields of a letter and a zero-ended text; M is the one for people.
        while (body.size() > 1) {
            const auto field = body.substr(1, body.find('\0', 1) - 1);
            if (body[0] == 'M')
                return std::string(field.substr(0, 200));
            body.remove_prefix(std::min(body.size(), field.size() + 2));
        }
        return "the server reports an error";
    }

    std::string user_;
    std::string password_;
    ScramClient scram_;
    bool asked_ = false;
    bool has_row_ = false;
    std::string first_value_;
};

} // namespace

MadeProbe make_postgresql_probe(asio::io_context& io, ProbeRequest request, ProbeDone done) {
    if (text_or(request.params, "user").empty())
        return fail("refused.params", "user", "the probe needs a user");
    for (const auto* key : {"user", "password", "database", "query"})
        if (text_or(request.params, key).find('\0') != std::string::npos)
            return fail("refused.params", key, "a zero byte cannot be sent");
    return std::make_shared<PostgresqlProbe>(io, std::move(request), std::move(done));
}

} // namespace testudo::agents
