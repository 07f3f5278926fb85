"""Who gives roles to whom: the role Admin is no superuser, and nobody changes what a role may do."""

from django.contrib.auth.models import Group, Permission

from newsroom.models import User
from newsroom.roles import Role
from tests.factories import make_user


def user_form(user: User, **changes) -> dict:
    """What the form of a person posts."""
    return {
        "username": user.username,
        "first_name": "",
        "last_name": "",
        "email": "",
        "is_active": "on",
        "is_staff": "on",
        "groups": [group.pk for group in user.groups.all()],
        **changes,
    }


def test_an_admin_gives_roles(as_, admin_person, stranger):
    moderators = Group.objects.get(name=Role.MODERATOR)
    page = f"/admin/newsroom/user/{stranger.pk}/change/"
    response = as_(admin_person).post(page, user_form(stranger, groups=[moderators.pk]))
    assert response.status_code == 302
    assert User.objects.get(pk=stranger.pk).roles == {Role.MODERATOR}


def test_an_admin_can_make_neither_themself_nor_anybody_a_superuser(as_, admin_person, stranger):
    everything = [permission.pk for permission in Permission.objects.all()]
    more = {"is_superuser": "on", "user_permissions": everything}
    for person in (admin_person, stranger):
        page = f"/admin/newsroom/user/{person.pk}/change/"
        assert as_(admin_person).post(page, user_form(person, **more)).status_code == 302
        person = User.objects.get(pk=person.pk)
        assert (person.is_superuser, person.user_permissions.count()) == (False, 0)
    assert 'name="is_superuser"' not in as_(admin_person).get(f"/admin/newsroom/user/{stranger.pk}/change/").text

    new = {"username": "new", "usable_password": "true", "password1": "Zx9-qwerty-17", "password2": "Zx9-qwerty-17"}
    assert as_(admin_person).post("/admin/newsroom/user/add/", {**new, **more}).status_code == 302
    assert (User.objects.get(username="new").is_superuser, User.objects.get(username="new").is_staff) == (False, False)


def test_a_superuser_makes_superusers(as_, superuser, stranger):
    """The control for the test above."""
    page = f"/admin/newsroom/user/{stranger.pk}/change/"
    assert as_(superuser).post(page, user_form(stranger, is_superuser="on")).status_code == 302
    assert User.objects.get(pk=stranger.pk).is_superuser


def test_an_admin_neither_sees_nor_changes_a_superuser(as_, admin_person, superuser):
    before = User.objects.get(pk=superuser.pk)
    browser = as_(admin_person)
    page = f"/admin/newsroom/user/{superuser.pk}/"
    assert f"/admin/newsroom/user/{superuser.pk}/" not in browser.get("/admin/newsroom/user/").text
    assert f"/admin/newsroom/user/{superuser.pk}/" in as_(superuser).get("/admin/newsroom/user/").text
    for address in (f"{page}change/", f"{page}password/", f"{page}history/"):
        assert browser.get(address).status_code in (302, 404)
    browser.post(f"{page}change/", user_form(superuser, username="mine", is_active=""))
    passwords = {"password1": "Zx9-qwerty-17", "password2": "Zx9-qwerty-17", "usable_password": "true"}
    assert browser.post(f"{page}password/", passwords).status_code == 404
    after = User.objects.get(pk=superuser.pk)
    assert (after.username, after.password, after.is_active) == (before.username, before.password, True)


def test_nobody_changes_what_a_role_may_do(as_, admin_person, superuser):
    """Roles are ``newsroom/roles.py``: what is clicked together here would be gone after the next migration."""
    moderators = Group.objects.get(name=Role.MODERATOR)
    page = f"/admin/auth/group/{moderators.pk}/change/"
    for person in (admin_person, superuser):
        assert as_(person).get(page).status_code == 200
        posted = {"name": "Moderator", "permissions": [p.pk for p in Permission.objects.all()]}
        assert as_(person).post(page, posted).status_code == 403
    assert moderators.permissions.count() == 5


def test_somebody_deactivated_is_out(as_, moderator, editor):
    browsers = [as_(moderator), as_(editor)]
    User.objects.update(is_active=False)
    assert [browser.get(page)["Location"] for browser, page in zip(browsers, ("/desk/", "/admin/"), strict=True)] == [
        "/admin/login/?next=/desk/",
        "/admin/login/?next=/admin/",
    ]


def test_a_person_with_two_roles_has_both_keys(as_):
    both = as_(make_user("both", Role.EDITOR, Role.MODERATOR))
    assert [both.get(page).status_code for page in ("/desk/", "/admin/articles/article/")] == [200, 200]
