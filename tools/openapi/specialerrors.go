package main

func text(description string) object {
	return object{{"type", "string"}, {"description", description}}
}

// specialErrors are the errors whose JSON is not just a name and a text (B 3.1), or that have no message.
var specialErrors = map[string]object{
	"Unauthorized": errorObject("Unauthorized",
		"Polar got no credential that it can use. Send a token in the header Authorization.",
		object{{"type", "string"}, {"const", "Unauthorized"}}, text("Polar's words.")),
	"TokenError": {
		{"type", "object"},
		{"title", "TokenError"},
		{"description", "Polar refused the token (`invalid_token`), or it lacks the scope (`insufficient_scope`). Another one is needed."},
		{"properties", object{
			{"error", object{{"type", "string"}, {"enum", list{"invalid_token", "insufficient_scope"}}}},
			{"error_description", text("The same in a sentence.")},
		}},
		{"required", list{"error", "error_description"}},
	},
	"HTTPValidationError": errorObject("HTTPValidationError",
		"Polar refused the values of the request. Correct what `detail` names and send it again.",
		object{
			{"type", "string"},
			{"enum", list{"RequestValidationError", "PolarRequestValidationError"}},
			{"description", "Whether the request is not well formed, or does not fit what it refers to."},
		},
		object{
			{"type", "array"},
			{"description", "All that is wrong, in Polar's order."},
			{"items", reference("ValidationError")},
		}),
	"ValidationError": {
		{"type", "object"},
		{"title", "ValidationError"},
		{"description", "One thing that is wrong with a request."},
		{"properties", object{
			{"type", text("What kind of mistake it is, such as missing or value_error.")},
			{"loc", object{
				{"type", "array"},
				{"description", "The place: body, query or path, then names and indexes. On create the second element names one of the forms of the body; look at those with CheckoutProductsCreate."},
				{"items", object{{"type", list{"string", "integer"}}}},
			}},
			{"msg", text("What is wrong, in words.")},
			{"input", object{{"description", "The value that was refused; may hold personal data."}}},
			{"ctx", object{{"type", "object"}, {"description", "The figures in msg, such as a limit. Often absent."}}},
		}},
		{"required", list{"loc", "msg", "type"}},
	},
	"UnnamedError": {
		{"type", "object"},
		{"title", "UnnamedError"},
		{"description", "The URL, the version or the body is nothing that Polar can work with. Has no `error`, which tells it from an error about a checkout."},
		{"properties", object{{"detail", text("Polar's words.")}}},
		{"required", list{"detail"}},
	},
	"RequestRefused": errorObject("RequestRefused", "The body was refused before it was read.",
		object{{"type", "string"}, {"enum", list{"LengthRequired", "RequestBodyTooLarge"}}}, text("What is wrong.")),
}

// ownFailureNames are the names of the service's failures that have no message, with what to do.
var ownFailureNames = []string{
	"`IdempotencyKeyInvalid`: the key is too long.",
	"`RateLimited`: too many calls. Send it again after the pause.",
	"`PolarUnreachable`, `PolarUnavailable`, `Overloaded`, `StoreUnavailable`, `Canceled`, `DeadlineExceeded`: nothing was changed. Send it again.",
	"`UpstreamCredentialRejected`, `PolarVersionRejected`: the operator of this server must act.",
	"`UnexpectedAnswer`, `InternalError`: the log of this server says more.",
	"`NotServedHere`: this server has no such operation.",
	"`HostNotServed`: this server asks nobody who calls, and so is there for its own machine under its own name only.",
	"`Unauthorized`, `InvalidToken`, and as 403 `insufficient_scope`: this server's own token or a client certificate is needed, in the shapes that Polar has for the same.",
	"`OrganizationRequired`: this server serves several organizations; name one in the header Polar-Organization.",
	"`CallerRateLimited`: this caller, or this buyer's address, calls too often. Send it again after the pause.",
	"`CallersUnverifiable`: nobody can tell now whether the caller's token is good. Send it again.",
}

// errorObject is an error of two members, the first of which names it.
func errorObject(name, description string, kind, detail object) object {
	m := &members{}
	m.add("error", kind, true)
	m.add("detail", detail, true)
	return m.schema(name, description, nil)
}
