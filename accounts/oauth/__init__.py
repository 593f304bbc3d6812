"""The provider that other applications sign people in with: django-oauth-toolkit, on our rows and services.

All that the toolkit and oauthlib ask of us, and all in which we differ from them, is in this package.
"""
