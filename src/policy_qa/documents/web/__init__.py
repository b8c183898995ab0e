"""html: the policy that a web page shows, without the site around it."""
